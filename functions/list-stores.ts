import { DEALER_TABLE, dealerTable } from '../shared/dealers/dealer-table.ts';
import { listedDealers } from '../shared/dealers/find-dealers.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { gazetteer } from '../shared/runtime/gazetteer-file.ts';
import { pageSite } from '../shared/runtime/page-site.ts';
import { pageHandler } from '../web/pages/page-handler.ts';
import { storesPage } from '../web/pages/stores-page.ts';

const dealers = dealerTable(documentClient(), requireEnvironment(DEALER_TABLE.environmentVariable), Date.now);

export const handler = pageHandler(pageSite(), async ({ locale }) =>
  storesPage(await listedDealers(dealers), (code) => gazetteer().findState(code)?.name ?? code, locale),
);
