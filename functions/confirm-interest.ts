import { confirmInterest as operation } from '../shared/contract/interests.ts';
import { api } from '../shared/http/api.ts';
import { HttpProblem } from '../shared/http/http-problem.ts';
import { confirmInterest } from '../shared/reservations/confirm-interest.ts';
import { reservationDesk } from '../shared/runtime/desks.ts';

const desk = reservationDesk();

export const handler = api(operation, async ({ body }) => {
  const receipt = await confirmInterest(body.token, await desk());
  if (receipt === undefined) {
    throw new HttpProblem(404, 'The link is not valid, or no longer. Ask for a new one by sending the form again.');
  }
  return receipt;
});
