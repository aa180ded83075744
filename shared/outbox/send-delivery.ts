import type { LeadRouting, PublicDealer } from '../dealers/dealer.ts';
import { buildLeadClosedMail } from '../leads/lead-closed-mail.ts';
import { buildAdfMail, buildLeadMail } from '../leads/lead-mail.ts';
import type { OutgoingLead } from '../leads/outgoing-lead.ts';
import type { MailContent } from '../mail/mail-content.ts';
import {
  buildAlreadyReservedMail,
  buildChangeMail,
  buildConfirmationMail,
  buildReceiptMail,
} from '../reservations/buyer-mails.ts';
import type { ActiveReservation, ConfirmedReservation, Reservation } from '../reservations/reservation.ts';
import { manageTokenOf, unsubscribeTokenOf } from '../reservations/reservation-desk.ts';
import { isExpired } from '../reservations/reservation-life.ts';
import { type SigningKey, signToken } from '../reservations/signed-token.ts';
import { type Delivery, type DeliveryStatus, type LeadChannel, MOST_TRIES } from './delivery.ts';
import type { DeliveryKey, DeliveryOutcome, OutboxTable } from './outbox-table.ts';

/**
 * The sender of mails refused one, or gave no answer. `lasting`: it would refuse it again. Not `answered`: it may have taken the
 * mail all the same.
 */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
  /** A word of the sender's own, such as `MessageRejected`: never the address. */
  readonly reason: string;
  readonly lasting: boolean;
  readonly answered: boolean;

  constructor(reason: string, lasting: boolean, cause: unknown, answered = true) {
    super(reason, { cause });
    this.reason = reason;
    this.lasting = lasting;
    this.answered = answered;
  }
}

/** What sending works with. */
export interface DispatchDesk {
  readonly outbox: OutboxTable;
  readonly reservations: {
    find(reservationId: string): Promise<Reservation | undefined>;
    placeInLine(reservation: ConfirmedReservation & { dealerId: string }): Promise<number>;
  };
  readonly dealers: {
    getDealer(dealerId: string): Promise<PublicDealer | undefined>;
    getLeadRouting(dealerId: string): Promise<LeadRouting | undefined>;
  };
  readonly signingKeys: readonly SigningKey[];
  /** The site's origin. */
  readonly siteUrl: string;
  /** Takes the leads of stores without an address of their own. */
  readonly fallbackLeadEmail: string;
  nowMilliseconds(): number;
  /** @throws MailRefused */
  sendMail(to: string, content: MailContent): Promise<void>;
  /** Told of every error that is no refusal of the sender's, before the delivery is put off. */
  reportFault(error: unknown, delivery: Delivery): void;
}

/** What became of a delivery, for the log and its metrics. */
export type Dispatched = DeliveryStatus | 'not-due' | 'superseded';

/**
 * Sends a delivery if it is due and nobody else is sending it, and notes how it ended.
 *
 * At least once: when this process dies between sending and noting, the claim ends after two minutes and the sweep sends it
 * again. What is sent is made from the reservation as it stands now, so nothing of the buyer's goes out for one that is gone.
 */
export async function dispatch(key: DeliveryKey, desk: DispatchDesk): Promise<Dispatched> {
  const claimed = await desk.outbox.claim(key, desk.nowMilliseconds());
  if (claimed === undefined) return 'not-due';
  if (claimed.attempts > MOST_TRIES) {
    // Nobody ever noted how a try ended: whatever it holds ends its senders.
    const outcome = { kind: 'failed', reason: 'every try ended without an outcome' } as const;
    return desk.outbox.settle(claimed, outcome, desk.nowMilliseconds());
  }
  const outcome = await attempt(claimed, desk).catch((error: unknown): DeliveryOutcome => {
    desk.reportFault(error, claimed);
    return { kind: 'retry', reason: 'internal fault' };
  });
  return desk.outbox.settle(claimed, outcome, desk.nowMilliseconds());
}

async function attempt(delivery: Delivery, desk: DispatchDesk): Promise<DeliveryOutcome> {
  const reservation = await desk.reservations.find(delivery.reservationId);
  const mail = await mailOf(delivery, reservation, desk);
  if ('kind' in mail) return mail;
  try {
    await desk.sendMail(mail.to, mail.content);
    return { kind: 'delivered' };
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    const { reason, lasting, answered } = error;
    return lasting ? { kind: 'failed', reason } : { kind: 'retry', reason, unanswered: !answered };
  }
}

const GONE: DeliveryOutcome = { kind: 'cancelled', reason: 'the reservation is gone' };
const CHANGED: DeliveryOutcome = { kind: 'cancelled', reason: 'the reservation has changed since' };

interface AddressedMail {
  readonly to: string;
  readonly content: MailContent;
}

/** The mail of a delivery, or how the delivery ends when the reservation, as it stands, does not ask for it. */
async function mailOf(
  delivery: Delivery,
  reservation: Reservation | undefined,
  desk: DispatchDesk,
): Promise<AddressedMail | DeliveryOutcome> {
  const { channel } = delivery;
  if (channel === 'lead-closed-mail') return leadClosedMailOf(delivery, reservation, desk);
  if (reservation === undefined || reservation.status === 'withdrawn') return GONE;
  switch (channel) {
    case 'confirmation-mail':
      return confirmationMailOf(delivery, reservation, desk);
    case 'receipt-mail':
    case 'known-address-mail':
      return reservation.status === 'confirmed' ? heldMailOf(channel, reservation, desk) : CHANGED;
    case 'change-mail': {
      if (reservation.status !== 'confirmed') return CHANGED;
      // A version is an entry of the history. A later change is told by a mail of its own; leaving the news list is not.
      const later = reservation.history.slice(delivery.reservationVersion);
      return later.some(({ event }) => event === 'changed') ? CHANGED : heldMailOf(channel, reservation, desk);
    }
    case 'lead-mail':
    case 'adf-mail':
      return leadMailOf({ ...delivery, channel }, reservation, desk);
  }
}

async function confirmationMailOf(
  { reservationVersion }: Delivery,
  reservation: ActiveReservation,
  desk: DispatchDesk,
): Promise<AddressedMail | DeliveryOutcome> {
  // Only the latest form can be confirmed, within its time, so only its mail goes out.
  if (reservation.status !== 'pending' || reservation.version !== reservationVersion) return CHANGED;
  if (isExpired(reservation, desk.nowMilliseconds())) return CHANGED;
  const { id, version, expiresAtSeconds } = reservation;
  const { siteUrl, signingKeys } = desk;
  const store = await storeOf(reservation, desk);
  const confirmToken = signToken('confirm', { subject: id, version, expiresAtSeconds }, signingKeys);
  return {
    to: reservation.person.email,
    content: buildConfirmationMail({ reservation, store, confirmToken, siteUrl }),
  };
}

const HELD_MAILS = {
  'receipt-mail': buildReceiptMail,
  'known-address-mail': buildAlreadyReservedMail,
  'change-mail': buildChangeMail,
} as const;

async function heldMailOf(
  channel: keyof typeof HELD_MAILS,
  reservation: ConfirmedReservation,
  desk: DispatchDesk,
): Promise<AddressedMail> {
  const { siteUrl, signingKeys } = desk;
  const { dealerId } = reservation;
  const now = desk.nowMilliseconds();
  const content = HELD_MAILS[channel]({
    reservation,
    store: await storeOf(reservation, desk),
    placeInLine: dealerId === null ? null : await desk.reservations.placeInLine({ ...reservation, dealerId }),
    manageToken: manageTokenOf(reservation, signingKeys, now),
    unsubscribeToken: unsubscribeTokenOf(reservation, signingKeys, now),
    siteUrl,
  });
  return { to: reservation.person.email, content };
}

async function leadMailOf(
  { channel, leadId, deliveredAt }: Delivery & { readonly channel: LeadChannel },
  reservation: ActiveReservation,
  desk: DispatchDesk,
): Promise<AddressedMail | DeliveryOutcome> {
  if (reservation.status !== 'confirmed' || leadId === null || reservation.leadId !== leadId) return CHANGED;
  const dealer = await storeOf(reservation, desk);
  const ledger = await desk.outbox.findLead(leadId);
  if (dealer === null || ledger === undefined) throw new Error(`the lead ${leadId} lacks its store or its own row`);
  // A store that is withdrawn after someone chose it gets nobody's data.
  if (dealer.status === 'withdrawn' && channel === 'adf-mail') return CHANGED;
  const routing = await desk.dealers.getLeadRouting(dealer.id);
  const people = peopleOf(dealer, routing, desk);
  const lead: OutgoingLead = {
    id: leadId,
    resend: deliveredAt !== undefined,
    requestedAt: ledger.createdAt,
    reservation,
    dealer,
  };
  if (channel === 'adf-mail') {
    const crm = routing?.adfEmail ?? people;
    return { to: crm, content: buildAdfMail(lead, crm) };
  }
  return { to: people, content: buildLeadMail(lead) };
}

/** Only a store that has been sent the lead is told that it is closed. */
async function leadClosedMailOf(
  { leadId, dealerId }: Delivery,
  reservation: Reservation | undefined,
  desk: DispatchDesk,
): Promise<AddressedMail | DeliveryOutcome> {
  if (leadId === null || dealerId === null) throw new Error('a closed lead names itself and its store');
  const reach = await desk.outbox.reachOf(leadId, desk.nowMilliseconds());
  if (reach === 'not-reached') return { kind: 'cancelled', reason: 'the store was never sent the lead' };
  // Told now, the store could be sent the lead after it.
  if (reach === 'being-sent') return { kind: 'retry', reason: 'the lead itself is being sent' };
  if (reservation?.status === 'confirmed' && reservation.leadId !== null && reservation.dealerId === dealerId) {
    // The buyer is back, with another lead. Once that one is sent, its own closing tells the store; not before.
    const isSent = (await desk.outbox.reachOf(reservation.leadId, desk.nowMilliseconds())) === 'reached';
    const reason = 'the buyer has come back to the store';
    return isSent ? { kind: 'cancelled', reason } : { kind: 'retry', reason };
  }
  const [lead, dealer, routing] = await Promise.all([
    desk.outbox.findLead(leadId),
    requireDealer(dealerId, desk),
    desk.dealers.getLeadRouting(dealerId),
  ]);
  if (lead === undefined) throw new Error(`the lead ${leadId} lacks its own row`);
  const because = reservation?.status === 'confirmed' ? 'chose-otherwise' : 'withdrew';
  const content = buildLeadClosedMail({ reservationNumber: lead.reservationNumber, dealer, because });
  return { to: peopleOf(dealer, routing, desk), content };
}

/** Where mails to a store's people go. */
function peopleOf(dealer: PublicDealer, routing: LeadRouting | undefined, desk: DispatchDesk): string {
  if (dealer.status === 'withdrawn') return desk.fallbackLeadEmail;
  return routing?.leadEmail ?? desk.fallbackLeadEmail;
}

async function storeOf({ dealerId }: ActiveReservation, desk: DispatchDesk): Promise<PublicDealer | null> {
  return dealerId === null ? null : requireDealer(dealerId, desk);
}

async function requireDealer(dealerId: string, desk: DispatchDesk): Promise<PublicDealer> {
  const dealer = await desk.dealers.getDealer(dealerId);
  // Imports withdraw stores and never delete them: a missing one is a fault to be seen and tried again.
  if (dealer === undefined) throw new Error(`the store ${dealerId} of a delivery is missing`);
  return dealer;
}
