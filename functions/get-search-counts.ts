import { getSearchCounts as operation } from '../shared/contract/search-counts.ts';
import { countsCsv, csvFileName } from '../shared/counts/counts-csv.ts';
import { SEARCH_COUNT_TABLE, searchCountTable } from '../shared/counts/search-count-table.ts';
import { countSearches, MOST_SEARCH_GROUPS, SEARCH_DEFINITIONS, stateNames } from '../shared/counts/search-counts.ts';
import { api } from '../shared/http/api.ts';
import { badFields } from '../shared/http/http-problem.ts';
import { parameterOfAccepted } from '../shared/http/media-type.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { gazetteer } from '../shared/runtime/gazetteer-file.ts';

const searches = searchCountTable(documentClient(), requireEnvironment(SEARCH_COUNT_TABLE.environmentVariable));

export const handler = api(operation, async ({ query, mediaType, event }) => {
  const { by = [], from, to, state } = query;
  const asOf = `${new Date().toISOString().slice(0, 19)}Z`;
  const counted = countSearches(await searches.read({ from, to }), by, state);
  const rows = counted.groups.length;
  if (rows > MOST_SEARCH_GROUPS) {
    const detail = `gives ${rows} rows, of which an answer holds ${MOST_SEARCH_GROUPS}: narrow it by from and to, or to a state`;
    throw badFields([{ pointer: '?by', detail }]);
  }
  const names = stateNames(counted.groups, (code) => gazetteer().findState(code)?.name);
  if (mediaType === 'application/json') return { asOf, definitions: SEARCH_DEFINITIONS, ...counted, names };
  const forSpreadsheet = parameterOfAccepted(event.headers['accept'], 'text/csv', 'dialect') === 'spreadsheet';
  return {
    bytes: await countsCsv({ by, counts: ['searches'], asOf, names, ...counted }, { forSpreadsheet, gzip: false }),
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${csvFileName('search-counts', by, asOf)}"`,
    },
  };
});
