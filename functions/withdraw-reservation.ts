import { withdrawReservation as operation } from '../shared/contract/interests.ts';
import { api } from '../shared/http/api.ts';
import { bearerTokenOf, unauthorized } from '../shared/http/request.ts';
import { withdrawReservation } from '../shared/reservations/withdraw-reservation.ts';
import { reservationDesk } from '../shared/runtime/desks.ts';

const desk = reservationDesk();

export const handler = api(operation, async ({ event }) => {
  if (!(await withdrawReservation(bearerTokenOf(event), await desk()))) throw unauthorized();
  return undefined;
});
