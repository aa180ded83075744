import { listLeads as operation } from '../shared/contract/leads.ts';
import { api } from '../shared/http/api.ts';
import { badFields } from '../shared/http/http-problem.ts';
import { cursorPosition, listLeads } from '../shared/leads/lead-desk.ts';
import { leadDesk } from '../shared/runtime/desks.ts';

const desk = leadDesk();

export const handler = api(operation, async ({ query }) => {
  if (query.cursor !== undefined && cursorPosition(query.cursor) === undefined) {
    throw badFields([{ pointer: '?cursor', detail: 'must be the cursor of the page before' }]);
  }
  return listLeads(query, desk);
});
