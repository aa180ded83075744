import { redeliverLead as operation } from '../shared/contract/leads.ts';
import { api } from '../shared/http/api.ts';
import { HttpProblem } from '../shared/http/http-problem.ts';
import { redeliverLead } from '../shared/leads/lead-desk.ts';
import { redeliveryDesk } from '../shared/runtime/desks.ts';

const desk = redeliveryDesk();

export const handler = api(operation, async ({ pathParameter }) => {
  switch (await redeliverLead(pathParameter, desk)) {
    case 'due':
      return { status: 'due' as const };
    case 'unknown':
      throw new HttpProblem(404, 'There is no lead with this id.');
    case 'closed':
      throw new HttpProblem(409, 'The lead is closed: the buyer has withdrawn it or gone to another store.');
  }
});
