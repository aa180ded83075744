import { withdrawReservation as operation } from '../shared/contract/interests.ts';
import { api } from '../shared/http/api.ts';
import { bearerTokenOf, unauthorized } from '../shared/http/request.ts';
import { reservationOfToken, untilCommitted } from '../shared/reservations/reservation-desk.ts';
import { withdraw } from '../shared/reservations/reservation-life.ts';
import { reservationDesk } from '../shared/runtime/desks.ts';

const openDesk = reservationDesk();

export const handler = api(operation, async ({ event }) => {
  const manageToken = bearerTokenOf(event);
  const desk = await openDesk();
  await untilCommitted(desk, async (moment) => {
    const reservation = await reservationOfToken(manageToken, desk);
    if (reservation === undefined) throw unauthorized();
    await desk.reservations.commit(withdraw(reservation, moment));
  });
  return undefined;
});
