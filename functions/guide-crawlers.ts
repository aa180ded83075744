import { DEALER_TABLE, dealerTable } from '../shared/dealers/dealer-table.ts';
import { listedDealers } from '../shared/dealers/find-dealers.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { pageSite } from '../shared/runtime/page-site.ts';
import { crawlerHandler } from '../web/pages/page-handler.ts';
import { robots, sitemap } from '../web/pages/sitemap.ts';

const dealers = dealerTable(documentClient(), requireEnvironment(DEALER_TABLE.environmentVariable), Date.now);
const site = pageSite();

export const handler = crawlerHandler(site, async (path) => {
  if (path === '/robots.txt') return { contentType: 'text/plain; charset=utf-8', body: robots(site.origin) };
  const ids = (await listedDealers(dealers)).map(({ id }) => id).sort();
  return { contentType: 'application/xml', body: sitemap(site.origin, ids) };
});
