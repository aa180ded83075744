import type { ConfirmedReservation } from './reservation.ts';
import {
  handoverTo,
  manageTokenOf,
  type Receipt,
  type ReservationDesk,
  receiptOf,
  untilCommitted,
} from './reservation-desk.ts';
import { confirm } from './reservation-life.ts';
import { makeReservationNumber } from './reservation-number.ts';
import { verifyToken } from './signed-token.ts';

/**
 * The link of a confirmation mail was followed: gives the receipt, the first time and every time after.
 * @returns `undefined` for any token that is good for nothing
 */
export async function confirmInterest(
  confirmToken: string,
  desk: ReservationDesk,
): Promise<(Receipt & { readonly manageToken: string }) | undefined> {
  const claims = verifyToken('confirm', confirmToken, desk.signingKeys, desk.nowMilliseconds());
  if (claims === undefined) return undefined;
  const reservation = await untilCommitted(desk, async (moment): Promise<ConfirmedReservation | undefined> => {
    const current = await desk.reservations.find(claims.subject);
    const dealerId = current?.status === 'pending' ? current.dealerId : null;
    const handover = await handoverTo(dealerId, desk);
    const number = makeReservationNumber(desk.randomBytes(7));
    const step = confirm(current, claims.version, number, handover, moment);
    if (step === undefined || 'status' in step) return step;
    await desk.reservations.commit(step);
    return step.to.status === 'confirmed' ? step.to : undefined;
  });
  if (reservation === undefined) return undefined;
  return {
    ...(await receiptOf(reservation, desk)),
    manageToken: manageTokenOf(reservation, desk.signingKeys, desk.nowMilliseconds()),
  };
}
