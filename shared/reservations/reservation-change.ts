import type { Delivery, Lead, LeadChannel } from '../outbox/delivery.ts';
import { leadDeliveries } from '../outbox/delivery.ts';
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
 * @param channels how leads reach the store that it is to have; empty without one
 * @param event `unsubscribed`, by a click in a mail program, is not answered with another mail
 * @returns `undefined` when that is how it stands already
 */
export function change(
  current: ConfirmedReservation,
  wanted: Changeable,
  channels: readonly LeadChannel[],
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
    ? leadMoved(current, to, channels, moment)
    : { lead: undefined, deliveries: [], renewals: leadRenewed(to, channels, moment) };
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
  channels: readonly LeadChannel[],
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
  const opened = leadDeliveries(lead, channels, to.version, moment.nowMilliseconds);
  return { lead, deliveries: [...closed, ...opened], renewals: [] };
}

function leadRenewed(
  { id, dealerId, leadId, version }: ConfirmedReservation,
  channels: readonly LeadChannel[],
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
