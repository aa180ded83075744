import { getSearchCounts as operation } from '../shared/contract/search-counts.ts';
import { SEARCH_COUNT_TABLE, searchCountTable } from '../shared/counts/search-count-table.ts';
import { countSearches, SEARCH_DEFINITIONS, stateNames } from '../shared/counts/search-counts.ts';
import { api } from '../shared/http/api.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { gazetteer } from '../shared/runtime/gazetteer-file.ts';

const searches = searchCountTable(documentClient(), requireEnvironment(SEARCH_COUNT_TABLE.environmentVariable));

export const handler = api(operation, async ({ query }) => {
  const { by = [], from, to, state } = query;
  const asOf = `${new Date().toISOString().slice(0, 19)}Z`;
  const counted = countSearches(await searches.read({ from, to }), by, state);
  const names = stateNames(counted.groups, (code) => gazetteer().findState(code)?.name);
  return { asOf, definitions: SEARCH_DEFINITIONS, ...counted, names };
});
