import type { ConfirmedReservation } from './reservation.ts';
import { change } from './reservation-change.ts';
import { handoverTo, type ReservationDesk, untilCommitted } from './reservation-desk.ts';
import { timestamp } from './reservation-life.ts';
import { verifyToken } from './signed-token.ts';

/**
 * Ends the consent to news by e-mail, and nothing else, for whoever holds the token of a mail's `List-Unsubscribe` header.
 * @returns whether the token is good; also when the consent had ended before
 */
export async function unsubscribe(token: string, desk: ReservationDesk): Promise<boolean> {
  const claims = verifyToken('unsubscribe', token, desk.signingKeys, desk.nowMilliseconds());
  if (claims === undefined) return false;
  return untilCommitted(desk, async (moment) => {
    const current = await desk.reservations.find(claims.subject);
    if (current?.status !== 'confirmed') return false;
    const last = current.consents.findLast(({ id }) => id === 'email');
    if (last === undefined || !last.granted) return true;
    const { page: _, ...shown } = last;
    const ended = { ...shown, granted: false, at: timestamp(moment.nowMilliseconds) };
    const wanted: ConfirmedReservation = { ...current, consents: [...current.consents, ended] };
    const handover = await handoverTo(current.dealerId, desk);
    const step = change(current, wanted, handover, 'unsubscribed', moment);
    if (step !== undefined) await desk.reservations.commit(step);
    return true;
  });
}
