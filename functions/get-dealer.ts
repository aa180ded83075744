import { getDealer as operation } from '../shared/contract/dealers.ts';
import { DEALER_TABLE, dealerTable } from '../shared/dealers/dealer-table.ts';
import { dealerAnswer } from '../shared/dealers/search-answer.ts';
import { api } from '../shared/http/api.ts';
import { HttpProblem } from '../shared/http/http-problem.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';

const dealers = dealerTable(documentClient(), requireEnvironment(DEALER_TABLE.environmentVariable), Date.now);

export const handler = api(operation, async ({ pathParameter }) => {
  const dealer = await dealers.getDealer(pathParameter);
  if (dealer === undefined || dealer.status === 'withdrawn') {
    throw new HttpProblem(404, 'There is no such store. Find one with GET /v1/dealers?near=…');
  }
  return dealerAnswer(dealer);
});
