import type { Dealer, LeadRouting, PublicDealer } from '../dealers/dealer.ts';
import { buildAdfMail, buildLeadMail } from '../leads/lead-mail.ts';
import type { OutgoingLead } from '../leads/outgoing-lead.ts';
import type { MailContent } from '../mail/mail-content.ts';
import { buildAlreadyReservedMail, buildConfirmationMail, buildReceiptMail } from '../reservations/buyer-mails.ts';
import type { ActiveReservation, ConfirmedReservation, Reservation } from '../reservations/reservation.ts';
import { manageTokenOf } from '../reservations/reservation-desk.ts';
import { isExpired } from '../reservations/reservation-life.ts';
import { type SigningKey, signToken } from '../reservations/signed-token.ts';
import { type Delivery, type DeliveryStatus, MOST_TRIES } from './delivery.ts';
import type { DeliveryKey, DeliveryOutcome, OutboxTable } from './outbox-table.ts';

/** The sender of mails refused one. `lasting`: it would refuse it again. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
  /** A word of the sender's own, such as `MessageRejected`: never the address. */
  readonly reason: string;
  readonly lasting: boolean;

  constructor(reason: string, lasting: boolean, cause: unknown) {
    super(reason, { cause });
    this.reason = reason;
    this.lasting = lasting;
  }
}

/** What sending works with. */
export interface DispatchDesk {
  readonly outbox: OutboxTable;
  readonly reservations: { find(reservationId: string): Promise<Reservation | undefined> };
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
 * again. What is sent is made from the reservation as it stands now, so nothing goes out for one that is gone.
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
  if (reservation === undefined || reservation.status === 'withdrawn') return gone('the reservation is gone');
  const mail = await mailOf(delivery, reservation, desk);
  if (mail === undefined) return gone('the reservation has changed since');
  try {
    await desk.sendMail(mail.to, mail.content);
    return { kind: 'delivered' };
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    return { kind: error.lasting ? 'failed' : 'retry', reason: error.reason };
  }
}

function gone(reason: string): DeliveryOutcome {
  return { kind: 'cancelled', reason };
}

interface AddressedMail {
  readonly to: string;
  readonly content: MailContent;
}

/** The mail of a delivery, or `undefined` when the reservation no longer asks for it. */
async function mailOf(
  delivery: Delivery,
  reservation: ActiveReservation,
  desk: DispatchDesk,
): Promise<AddressedMail | undefined> {
  const { siteUrl, signingKeys } = desk;
  const to = reservation.person.email;
  const dealerId = reservation.dealerId;
  const store = dealerId === null ? null : await requireDealer(dealerId, desk);
  switch (delivery.channel) {
    case 'confirmation-mail': {
      // Only the latest form can be confirmed, within its time, so only its mail goes out.
      if (reservation.status !== 'pending' || reservation.version !== delivery.reservationVersion) return undefined;
      if (isExpired(reservation, desk.nowMilliseconds())) return undefined;
      const { id, version, expiresAtSeconds } = reservation;
      const confirmToken = signToken('confirm', { subject: id, version, expiresAtSeconds }, signingKeys);
      return { to, content: buildConfirmationMail({ reservation, store, confirmToken, siteUrl }) };
    }
    case 'receipt-mail':
    case 'known-address-mail': {
      if (reservation.status !== 'confirmed') return undefined;
      const manageToken = manageTokenOf(reservation, signingKeys, desk.nowMilliseconds());
      const build = delivery.channel === 'receipt-mail' ? buildReceiptMail : buildAlreadyReservedMail;
      return { to, content: build({ reservation, store, manageToken, siteUrl }) };
    }
    case 'lead-mail':
    case 'adf-mail':
      if (reservation.status !== 'confirmed' || reservation.leadId !== delivery.leadId || store === null)
        return undefined;
      return leadMailOf(delivery.channel, reservation, store, desk);
  }
}

async function leadMailOf(
  channel: 'lead-mail' | 'adf-mail',
  reservation: ConfirmedReservation,
  dealer: Omit<Dealer, 'routing'>,
  desk: DispatchDesk,
): Promise<AddressedMail | undefined> {
  if (reservation.leadId === null) throw new RangeError('a lead needs an id');
  const routing = await desk.dealers.getLeadRouting(dealer.id);
  // A store that is withdrawn after someone chose it gets nobody's data.
  const isWithdrawn = dealer.status === 'withdrawn';
  if (isWithdrawn && channel === 'adf-mail') return undefined;
  const people = isWithdrawn ? desk.fallbackLeadEmail : (routing?.leadEmail ?? desk.fallbackLeadEmail);
  const lead: OutgoingLead = {
    id: reservation.leadId,
    resend: false,
    requestedAt: reservation.confirmedAt,
    reservation,
    dealer,
  };
  if (channel === 'adf-mail') {
    const crm = routing?.adfEmail ?? people;
    return { to: crm, content: buildAdfMail(lead, crm) };
  }
  return { to: people, content: buildLeadMail(lead) };
}

async function requireDealer(dealerId: string, desk: DispatchDesk): Promise<PublicDealer> {
  const dealer = await desk.dealers.getDealer(dealerId);
  // Imports withdraw stores and never delete them: a missing one is a fault to be seen and tried again.
  if (dealer === undefined) throw new Error(`the store ${dealerId} of a delivery is missing`);
  return dealer;
}
