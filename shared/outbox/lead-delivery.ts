import { acknowledgeTokenOf } from '../leads/acknowledge-token.ts';
import { buildLeadClosedMail } from '../leads/lead-closed-mail.ts';
import { buildAdfMail, buildLeadMail } from '../leads/lead-mail.ts';
import type { OutgoingLead } from '../leads/outgoing-lead.ts';
import { buildEscalationMail, buildReminderMail, type WaitingLead } from '../leads/waiting-lead-mails.ts';
import type { ConfirmedReservation, Reservation } from '../reservations/reservation.ts';
import { type ClaimedDelivery, type Delivery, type DeliveryOutcome, type Lead, leadDeliveries } from './delivery.ts';
import { type AddressedMail, CHANGED, GONE, peopleOf, type Store, storeOf } from './delivery-parts.ts';
import type { DispatchDesk } from './dispatch-desk.ts';

/** A lead as it stands at this moment, with its store. */
export interface StandingLead extends Store {
  readonly lead: Lead;
  readonly reservation: ConfirmedReservation;
}

/** The lead of a delivery, or how the delivery ends when the lead is no longer its store's. */
export async function standingLeadOf(
  { leadId, dealerId }: Delivery,
  reservation: Reservation | undefined,
  desk: DispatchDesk,
): Promise<StandingLead | DeliveryOutcome> {
  if (reservation === undefined || reservation.status === 'withdrawn') return GONE;
  if (reservation.status !== 'confirmed' || leadId === null || reservation.leadId !== leadId) return CHANGED;
  if (dealerId === null) throw new Error(`the lead ${leadId} names no store`);
  const [store, lead] = await Promise.all([storeOf(dealerId, desk), requireLead(leadId, desk)]);
  return { ...store, lead, reservation };
}

async function requireLead(leadId: string, desk: DispatchDesk): Promise<Lead> {
  const lead = await desk.outbox.findLead(leadId);
  if (lead === undefined) throw new Error(`the lead ${leadId} lacks its own row`);
  return lead;
}

/** The lead as it leaves the house. */
export function outgoingLeadOf(delivery: ClaimedDelivery, { lead, reservation, dealer }: StandingLead): OutgoingLead {
  return { id: lead.id, resend: isSentAgain(delivery), requestedAt: lead.createdAt, reservation, dealer };
}

/**
 * Whether the receiver has had the lead before, or may have had it otherwise: a try whose end nobody knows may have got through,
 * and a delivery is renewed when its lead changes. The further tries of a delivery that is not renewed are no new sending.
 */
function isSentAgain({
  deliveredAt,
  createdAt,
  openClaims = new Set(),
  claimedAtMilliseconds,
}: ClaimedDelivery): boolean {
  const renewedAt = Date.parse(createdAt);
  const earlier = [...openClaims].filter((claimedAt) => claimedAt !== claimedAtMilliseconds && claimedAt < renewedAt);
  return deliveredAt !== undefined || earlier.length > 0;
}

/**
 * Ends a delivery that cannot go the way it was meant to. The lead is not lost with it: unless its store's people have it by mail,
 * or will, it goes to them that way.
 */
export async function mailInstead(
  { lead, reservation }: StandingLead,
  reason: string,
  desk: DispatchDesk,
): Promise<DeliveryOutcome> {
  const deliveries = await desk.outbox.listDeliveries(lead.id);
  const isMailed = deliveries.some(
    ({ channel, status }) => channel === 'lead-mail' && (status === 'pending' || status === 'delivered'),
  );
  if (!isMailed) {
    await desk.outbox.renew(leadDeliveries(lead, ['lead-mail'], reservation.version, desk.nowMilliseconds()));
  }
  return { kind: 'cancelled', reason };
}

/** The mail to the store's people. */
export async function leadMailOf(
  delivery: ClaimedDelivery,
  standing: StandingLead,
  desk: DispatchDesk,
): Promise<AddressedMail> {
  const lead = outgoingLeadOf(delivery, standing);
  return { to: await peopleOf(standing, desk), content: buildLeadMail(lead, acknowledgementOf(delivery, lead, desk)) };
}

/** The mail to the store's CRM. */
export async function adfMailOf(
  delivery: ClaimedDelivery,
  standing: StandingLead,
  desk: DispatchDesk,
): Promise<AddressedMail | DeliveryOutcome> {
  const { dealer, routing } = standing;
  // A store that is withdrawn after someone chose it gets nobody's data.
  if (dealer.status === 'withdrawn') return mailInstead(standing, 'the store is withdrawn', desk);
  const address = routing?.adfEmail;
  if (address === undefined) return mailInstead(standing, 'the store has no CRM address any more', desk);
  const block = await desk.outbox.blockOf({ dealerId: dealer.id, channel: 'adf-mail', address });
  if (block !== undefined) return { kind: 'failed', reason: 'the CRM address has bounced' };
  return { to: address, content: buildAdfMail(outgoingLeadOf(delivery, standing), address) };
}

/** The mail that a lead waits: to the store's people, or to the store group. Nobody is told of one that is taken on. */
export async function waitingLeadMailOf(
  delivery: Delivery & { readonly channel: 'reminder-mail' | 'escalation-mail' },
  standing: StandingLead,
  desk: DispatchDesk,
): Promise<AddressedMail | DeliveryOutcome> {
  const { lead, dealer } = standing;
  if (lead.acknowledgedAt !== undefined) return { kind: 'cancelled', reason: 'the store has taken on the lead' };
  const reach = await desk.outbox.reachOf(lead.id, desk.nowMilliseconds());
  if (reach === 'not-reached') return NEVER_SENT;
  if (reach === 'being-sent') return BEING_SENT;
  const waiting: WaitingLead = {
    reservationNumber: lead.reservationNumber,
    waitsSince: lead.createdAt,
    dealer,
  };
  return delivery.channel === 'escalation-mail'
    ? { to: desk.escalationEmail, content: buildEscalationMail(waiting) }
    : {
        to: await peopleOf(standing, desk),
        content: buildReminderMail(waiting, acknowledgementOf(delivery, lead, desk)),
      };
}

function acknowledgementOf(
  { reservationVersion }: Delivery,
  { id }: { readonly id: string },
  { siteUrl, signingKeys, nowMilliseconds }: DispatchDesk,
): { siteUrl: string; token: string } {
  return { siteUrl, token: acknowledgeTokenOf({ id, reservationVersion }, signingKeys, nowMilliseconds()) };
}

const NEVER_SENT: DeliveryOutcome = { kind: 'cancelled', reason: 'the store was never sent the lead' };
const BEING_SENT: DeliveryOutcome = { kind: 'retry', reason: 'the lead itself is being sent' };

/** A lead that its store has been sent and that is no longer its own. */
export interface ClosedStoreLead extends Store {
  readonly lead: Lead;
  readonly because: 'chose-otherwise' | 'withdrew';
}

/** What a store is told of a closed lead, or how the delivery ends. Only a store that has been sent the lead is told. */
export async function closedLeadOf(
  { leadId, dealerId }: Delivery,
  reservation: Reservation | undefined,
  desk: DispatchDesk,
): Promise<ClosedStoreLead | DeliveryOutcome> {
  if (leadId === null || dealerId === null) throw new Error('a closed lead names itself and its store');
  const reach = await desk.outbox.reachOf(leadId, desk.nowMilliseconds());
  if (reach === 'not-reached') return NEVER_SENT;
  // Told now, the store could be sent the lead after it.
  if (reach === 'being-sent') return BEING_SENT;
  if (reservation?.status === 'confirmed' && reservation.leadId !== null && reservation.dealerId === dealerId) {
    // The buyer is back, with another lead. Once that one is sent, its own closing tells the store; not before.
    const isSent = (await desk.outbox.reachOf(reservation.leadId, desk.nowMilliseconds())) === 'reached';
    const reason = 'the buyer has come back to the store';
    return isSent ? { kind: 'cancelled', reason } : { kind: 'retry', reason };
  }
  const [store, lead] = await Promise.all([storeOf(dealerId, desk), requireLead(leadId, desk)]);
  return { ...store, lead, because: reservation?.status === 'confirmed' ? 'chose-otherwise' : 'withdrew' };
}

/** The mail to the store's people that a lead is closed. */
export async function leadClosedMailOf(closed: ClosedStoreLead, desk: DispatchDesk): Promise<AddressedMail> {
  const { lead, dealer, because } = closed;
  const content = buildLeadClosedMail({ reservationNumber: lead.reservationNumber, dealer, because });
  return { to: await peopleOf(closed, desk), content };
}
