import { acknowledgeLead as operation } from '../shared/contract/leads.ts';
import { api } from '../shared/http/api.ts';
import { HttpProblem } from '../shared/http/http-problem.ts';
import { acknowledgeLead } from '../shared/leads/lead-desk.ts';
import { acknowledgementDesk } from '../shared/runtime/desks.ts';

const desk = acknowledgementDesk();

export const handler = api(operation, async ({ pathParameter, body }) => {
  const answer = await acknowledgeLead(pathParameter, body.token, await desk());
  if (answer === undefined) throw new HttpProblem(404, 'The link is not valid, or no longer.');
  return answer;
});
