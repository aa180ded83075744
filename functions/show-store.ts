import { DEALER_TABLE, dealerTable } from '../shared/dealers/dealer-table.ts';
import { nearestOthers } from '../shared/dealers/find-dealers.ts';
import { HttpProblem } from '../shared/http/http-problem.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { pageSite } from '../shared/runtime/page-site.ts';
import { pageHandler } from '../web/pages/page-handler.ts';
import { NEIGHBOURS, storePage } from '../web/pages/store-page.ts';

const dealers = dealerTable(documentClient(), requireEnvironment(DEALER_TABLE.environmentVariable), Date.now);

export const handler = pageHandler(
  pageSite(),
  async ({ dealerId, locale }) => {
    const dealer = await dealers.getDealer(dealerId);
    if (dealer === undefined) throw new HttpProblem(404, 'There is no such store.');
    if (dealer.status === 'withdrawn') throw new HttpProblem(410, 'The store is no longer listed.');
    return storePage(dealer, await nearestOthers(dealer, NEIGHBOURS, dealers), locale);
  },
  'store',
);
