import { type Delivery, handoverDeliveries, type Lead, type LeadHandover, leadDeliveries } from '../outbox/delivery.ts';
import type { ConfirmedReservation } from './reservation.ts';
import { fact, leadClosed, type Moment, mailTo, type Transition, timestamp } from './reservation-life.ts';

/** What of a confirmed reservation can change. The number and the time of confirmation, and so the place in line, never do. */
export type Changeable = Pick<
  ConfirmedReservation,
  'person' | 'model' | 'dealerId' | 'timeframe' | 'locale' | 'consents' | 'dimensions'
>;

/**
 * The buyer changes something of a confirmed reservation.
 * - Counted as moved, out of the old groups and into the new ones, when it falls in other groups afterwards.
 * - Another store: the old one is told that the lead went elsewhere, the new one gets a lead of its own.
 * - The same store: it gets the lead again as it stands now, under the same id.
 * @param wanted all of it, as it is to stand
 * @param handover how leads reach the store that it is to have
 * @param event `unsubscribed`, by a click in a mail program, is not answered with another mail
 * @returns `undefined` when that is how it stands already
 */
export function change(
  current: ConfirmedReservation,
  wanted: Changeable,
  handover: LeadHandover,
  event: 'changed' | 'unsubscribed',
  moment: Moment,
): Transition | undefined {
  if (isAsItStands(current, wanted)) return undefined;
  const changesStore = wanted.dealerId !== current.dealerId;
  const leadId = changesStore ? (wanted.dealerId === null ? null : moment.newId()) : current.leadId;
  const to: ConfirmedReservation = {
    ...current,
    ...wanted,
    version: current.version + 1,
    leadId,
    history: [...current.history, { at: timestamp(moment.nowMilliseconds), event }],
  };
  const { lead, deliveries, renewals } = changesStore
    ? leadMoved(current, to, handover, moment)
    : { lead: undefined, deliveries: [], renewals: leadRenewed(to, handover, moment) };
  return {
    from: current,
    to,
    facts: sameGroups(current, to) ? [] : [fact('movedOut', current, moment), fact('movedIn', to, moment)],
    lead,
    deliveries: [...(event === 'changed' ? [mailTo(to, 'change-mail', moment)] : []), ...deliveries],
    renewals,
  };
}

function leadMoved(
  from: ConfirmedReservation,
  to: ConfirmedReservation,
  handover: LeadHandover,
  moment: Moment,
): Pick<Transition, 'lead' | 'deliveries' | 'renewals'> {
  const closed = leadClosed(from, to.version, moment);
  const { dealerId, leadId } = to;
  if (dealerId === null || leadId === null) return { lead: undefined, deliveries: closed, renewals: [] };
  const lead: Lead = {
    id: leadId,
    reservationId: to.id,
    reservationNumber: to.number,
    dealerId,
    createdAt: new Date(moment.nowMilliseconds).toISOString(),
  };
  const opened = handoverDeliveries(lead, handover, to.version, moment.nowMilliseconds);
  return { lead, deliveries: [...closed, ...opened], renewals: [] };
}

function leadRenewed(
  { id, dealerId, leadId, version }: ConfirmedReservation,
  { channels }: LeadHandover,
  { nowMilliseconds }: Moment,
): readonly Delivery[] {
  if (dealerId === null || leadId === null) return [];
  return leadDeliveries({ id: leadId, reservationId: id, dealerId }, channels, version, nowMilliseconds);
}

function isAsItStands(current: ConfirmedReservation, wanted: Changeable): boolean {
  const gist = ({ person, model, dealerId, timeframe, locale, consents }: Changeable) =>
    JSON.stringify([person.phone ?? null, person.zip, model, dealerId, timeframe, locale, consents.length]);
  return gist(current) === gist(wanted);
}

function sameGroups({ dimensions: a }: ConfirmedReservation, { dimensions: b }: ConfirmedReservation): boolean {
  return (Object.keys(a) as (keyof typeof a)[]).every((key) => a[key] === b[key]);
}
