import type { ChangeBody } from '../../shared/contract/interests.ts';
import type { DeliveryChannel } from '../../shared/outbox/delivery.ts';
import { type DispatchDesk, MailRefused } from '../../shared/outbox/dispatch-desk.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import type { WebhookPost } from '../../shared/webhooks/webhook-post.ts';
import { someone as anyone, type Buyer, type SentMail } from '../reservations/test-desk.ts';
import type { LocatorTables, OpenTables } from '../support/locator-tables.ts';
import { sendingParts } from './sending-parts.ts';

/** Somebody new, whose desk also posts webhooks: to `posts`. */
export function someone(tables: OpenTables, email?: string): Buyer & { readonly posts: WebhookPost[] } {
  const posts: WebhookPost[] = [];
  const buyer = anyone(tables, email);
  // Into the desk itself: the buyer's own steps send with it.
  Object.assign(buyer.desk, sendingParts(posts));
  return { ...buyer, posts };
}

/** What became of the deliveries of a channel, the oldest first. */
export async function fatesOf(
  channel: DeliveryChannel,
  tables: LocatorTables,
): Promise<readonly { readonly status: unknown; readonly why: unknown }[]> {
  const rows = (await tables.scan('outbox')).filter((row) => row['channel'] === channel);
  return rows
    .toSorted((a, b) => String(a['createdAt']).localeCompare(String(b['createdAt'])))
    .map(({ status, lastError }) => ({ status, why: lastError }));
}

/** Somebody with a confirmed reservation at the store `north`; what that causes is still to be sent. */
export async function confirmedBuyer(tables: OpenTables) {
  const buyer = someone(tables);
  const { manageToken, number } = await buyer.confirmed();
  buyer.inbox.length = 0;
  const change = (body: ChangeBody) =>
    changeReservation(manageToken, { body, globalPrivacyControl: false }, buyer.desk);
  const withdraw = () => withdrawReservation(manageToken, buyer.desk);
  return { ...buyer, manageToken, number, change, withdraw };
}

/** The desk while the sender of mails takes none. */
export const busy = (desk: DispatchDesk): DispatchDesk => ({
  ...desk,
  sendMail: () => Promise.reject(new MailRefused('TooManyRequests', false, undefined)),
});

/** The mails to an address whose subjects fit. */
export function mailsTo(inbox: readonly SentMail[], address: string, subject: RegExp): SentMail[] {
  return inbox.filter(({ to, content }) => to === address && subject.test(content.subject));
}

/** Subjects of mails to a store. */
export const CLOSED = /^Closed: /;
export const LEAD = /^(Sent again: )?Alpine lead/;
