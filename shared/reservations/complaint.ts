import type { Reservation } from './reservation.ts';
import { type ReservationDesk, untilCommitted } from './reservation-desk.ts';
import { isExpired, type Moment, type Transition, timestamp } from './reservation-life.ts';

export type ComplaintDesk = Pick<ReservationDesk, 'nowMilliseconds' | 'newId' | 'pause'> & {
  readonly reservations: Pick<ReservationDesk['reservations'], 'find' | 'commit'>;
};

/**
 * The person called one of our mails spam: they get no more of them. A confirmed reservation stays, with its place in line and
 * its lead; a pending one, which only a mail could confirm, ends at once, as if its seven days were over. Nothing is counted.
 * @returns `undefined` when there is nothing to stop (any more)
 */
export function complained(current: Reservation | undefined, { nowMilliseconds }: Moment): Transition | undefined {
  if (current === undefined || current.status === 'withdrawn') return undefined;
  const caused = { from: current, facts: [], lead: undefined, deliveries: [], renewals: [] };
  const next = {
    version: current.version + 1,
    history: [...current.history, { at: timestamp(nowMilliseconds), event: 'complained' as const }],
  };
  if (current.status === 'confirmed') {
    return current.mailStopped === true ? undefined : { ...caused, to: { ...current, ...next, mailStopped: true } };
  }
  if (isExpired(current, nowMilliseconds)) return undefined;
  return { ...caused, to: { ...current, ...next, expiresAtSeconds: Math.floor(nowMilliseconds / 1000) } };
}

/** Ends all mail to the person of a reservation; doing it again changes nothing. */
export async function stopMail(reservationId: string, desk: ComplaintDesk): Promise<void> {
  await untilCommitted(desk, async (moment) => {
    const step = complained(await desk.reservations.find(reservationId), moment);
    if (step !== undefined) await desk.reservations.commit(step);
  });
}
