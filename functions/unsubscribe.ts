import { unsubscribe as operation } from '../shared/contract/interests.ts';
import { api } from '../shared/http/api.ts';
import { HttpProblem } from '../shared/http/http-problem.ts';
import { unsubscribe } from '../shared/reservations/unsubscribe.ts';
import { reservationDesk } from '../shared/runtime/desks.ts';

const desk = reservationDesk();

export const handler = api(operation, async ({ query: { token } }) => {
  if (!(await unsubscribe(token, await desk()))) {
    throw new HttpProblem(404, 'The address is not valid, or no longer.');
  }
  return undefined;
});
