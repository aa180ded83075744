import { type InterestCountsAnswer, countInterests as operation } from '../shared/contract/interest-counts.ts';
import { countInterests } from '../shared/counts/count-interests.ts';
import { countsCsv, csvFileName } from '../shared/counts/counts-csv.ts';
import { FACT_TABLE, factTable } from '../shared/counts/fact-table.ts';
import { namesOf } from '../shared/counts/group-names.ts';
import { COUNT_NAMES, DEFINITIONS } from '../shared/counts/grouping.ts';
import { ROLLUP_TABLE, rollupTable } from '../shared/counts/rollup-table.ts';
import { suppressSmall } from '../shared/counts/suppression.ts';
import { DEALER_TABLE, dealerTable } from '../shared/dealers/dealer-table.ts';
import { listedDealers } from '../shared/dealers/find-dealers.ts';
import { api } from '../shared/http/api.ts';
import { acceptsGzip, type EncodedBody } from '../shared/http/encoded-body.ts';
import { badFields } from '../shared/http/http-problem.ts';
import { parameterOfAccepted } from '../shared/http/media-type.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { optionalWholeNumber, requireEnvironment, SMALLEST_COUNT_VARIABLE } from '../shared/runtime/environment.ts';
import { gazetteer } from '../shared/runtime/gazetteer-file.ts';

const client = documentClient();
const facts = factTable(client, requireEnvironment(FACT_TABLE.environmentVariable));
const rollups = rollupTable(client, requireEnvironment(ROLLUP_TABLE.environmentVariable));
const dealers = dealerTable(client, requireEnvironment(DEALER_TABLE.environmentVariable), Date.now);
const smallest = optionalWholeNumber(SMALLEST_COUNT_VARIABLE, 2);

export const handler = api(
  operation,
  async ({ query, mediaType, event }) => {
    const { by = [], from, to, dealerId, ...filters } = query;
    // Everything committed before this moment is read: the reads are strongly consistent.
    const asOf = `${new Date().toISOString().slice(0, 19)}Z`;
    const question = { by, from, to, filters: { ...filters, dealer: dealerId } };
    const desk = { facts, rollups, censusOf: (state: string) => gazetteer().findState(state) };
    const counted = await countInterests(question, desk);
    const shown = smallest === undefined ? counted : suppressSmall(counted, by, smallest);
    if (shown === undefined) throw badFields([{ pointer: '?by', detail: CANNOT_SUPPRESS }]);
    const names = await namesOf(counted.groups, by, gazetteer(), storeNames);
    if (mediaType === 'text/csv') {
      const dialect = parameterOfAccepted(event.headers['accept'], 'text/csv', 'dialect');
      const form = { forSpreadsheet: dialect === 'spreadsheet', gzip: acceptsGzip(event) };
      return {
        bytes: await countsCsv({ by, counts: COUNT_NAMES, asOf, names, ...shown }, form),
        contentEncoding: form.gzip ? ('gzip' as const) : undefined,
        rows: shown.groups.length,
        headers: {
          'content-type': 'text/csv; charset=utf-8; header=present',
          'content-disposition': `attachment; filename="${csvFileName('interest-counts', by, asOf)}"`,
        },
      };
    }
    return {
      asOf,
      complete: true,
      definitions: DEFINITIONS,
      suppressedBelow: smallest ?? null,
      names,
      total: shown.total,
      groups: [...shown.groups],
    };
  },
  { large: { refusal: tooManyRows } },
);

/** Names by id; withdrawn stores are not among them. */
async function storeNames(): Promise<ReadonlyMap<string, string>> {
  return new Map((await listedDealers(dealers)).map(({ id, name }) => [id, name]));
}

const CANNOT_SUPPRESS =
  'are keys by which counts that have to be left out could be worked out here: ask by one of them, or for more days or fewer filters';

function tooManyRows(answer: InterestCountsAnswer | EncodedBody | string) {
  const rows = typeof answer === 'string' ? 0 : 'groups' in answer ? answer.groups.length : (answer.rows ?? 0);
  return badFields([
    {
      pointer: '?by',
      detail: `gives ${rows} rows, more than an answer can carry: ask for fewer days or for one state, by coarser keys, or with Accept-Encoding: gzip`,
    },
  ]);
}
