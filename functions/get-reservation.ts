import { getReservation as operation } from '../shared/contract/interests.ts';
import { api } from '../shared/http/api.ts';
import { bearerTokenOf, unauthorized } from '../shared/http/request.ts';
import { reservationAnswer, reservationOfToken } from '../shared/reservations/reservation-desk.ts';
import { reservationDesk } from '../shared/runtime/desks.ts';

const openDesk = reservationDesk();

export const handler = api(operation, async ({ event }) => {
  const desk = await openDesk();
  const reservation = await reservationOfToken(bearerTokenOf(event), desk);
  if (reservation === undefined) throw unauthorized();
  return reservationAnswer(reservation, desk);
});
