import { changeReservation as operation } from '../shared/contract/interests.ts';
import { api } from '../shared/http/api.ts';
import { badFields } from '../shared/http/http-problem.ts';
import { bearerTokenOf, unauthorized } from '../shared/http/request.ts';
import { changeReservation } from '../shared/reservations/change-reservation.ts';
import { furtherFaults } from '../shared/reservations/interest-faults.ts';
import { reservationAnswer } from '../shared/reservations/reservation-desk.ts';
import { changeDesk } from '../shared/runtime/desks.ts';

const openDesk = changeDesk();

export const handler = api(
  operation,
  async ({ body, event }) => {
    const desk = await openDesk();
    const globalPrivacyControl = event.headers['sec-gpc'] === '1';
    const result = await changeReservation(bearerTokenOf(event), { body, globalPrivacyControl }, desk);
    switch (result.kind) {
      case 'changed':
        return reservationAnswer(result.reservation, desk);
      case 'invalid':
        throw badFields(result.errors);
      case 'unauthorized':
        throw unauthorized();
    }
  },
  { furtherErrors: async ({ body }) => furtherFaults(body, await openDesk()) },
);
