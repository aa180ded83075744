import { type ReservationDesk, reservationOfToken, untilCommitted } from './reservation-desk.ts';
import { withdraw } from './reservation-life.ts';

/**
 * Withdraws the reservation that a manage token is for, and erases the person.
 * @returns whether there was one; false for any token that is good for nothing
 */
export async function withdrawReservation(manageToken: string, desk: ReservationDesk): Promise<boolean> {
  return untilCommitted(desk, async (moment) => {
    const reservation = await reservationOfToken(manageToken, desk);
    if (reservation === undefined) return false;
    await desk.reservations.commit(withdraw(reservation, moment));
    return true;
  });
}
