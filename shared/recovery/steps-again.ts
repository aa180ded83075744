import type { Lead, LeadHandover } from '../outbox/delivery.ts';
import type { PendingReservation, Reservation, WithdrawnReservation } from '../reservations/reservation.ts';
import { confirm, type Moment, type Transition } from '../reservations/reservation-life.ts';

/**
 * The withdrawal of a reservation once more, on a table that has come back from a time before it. Its fact and its deliveries
 * were committed when it happened, and stand in other tables.
 * @param current what the table holds of it now
 * @returns `undefined` when it is erased already
 */
export function eraseAgain(reservationId: string, current: Reservation | undefined): Transition | undefined {
  if (current?.status === 'withdrawn') return undefined;
  const to: WithdrawnReservation = { id: reservationId, version: (current?.version ?? 0) + 1, status: 'withdrawn' };
  return { from: current, to, facts: [], lead: undefined, deliveries: [], renewals: [] };
}

/**
 * A confirmation once more, on a table that has come back from a time before it: with the number, the place in line and the lead
 * that it was given then. Its fact and its deliveries stand in other tables.
 * @param current as it was confirmed: of the version before the one that the lead was sent with
 */
export function confirmAgain(current: PendingReservation, lead: Lead): Transition | undefined {
  const then: Moment = { nowMilliseconds: Date.parse(lead.createdAt), newId: () => lead.id };
  const nothing: LeadHandover = { channels: [], remindAfterSeconds: 0, escalateAfterSeconds: 0 };
  const step = confirm(current, current.version, lead.reservationNumber, nothing, then);
  if (step === undefined || 'status' in step) return undefined;
  return { ...step, facts: [], lead: undefined, deliveries: [] };
}
