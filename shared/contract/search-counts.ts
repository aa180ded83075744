import * as z from 'zod/mini';
import { SEARCH_GROUP_KEYS } from '../counts/search-counts.ts';
import { COUNTED_DAYS, COUNTED_STATE, daysInOrder, groupedBy } from './counts-query.ts';
import { json, type Operation } from './operation.ts';

export const SearchCountsQuery = z
  .strictObject({
    by: z.optional(groupedBy(SEARCH_GROUP_KEYS)),
    ...COUNTED_DAYS,
    state: COUNTED_STATE,
  })
  .check(daysInOrder);

const SearchTotal = { searches: z.int().check(z.gte(0)) };

export const SearchCountsAnswer = z.strictObject({
  asOf: z.iso.datetime(),
  definitions: z.record(z.string(), z.string()),
  total: z.strictObject(SearchTotal),
  groups: z.array(
    z
      .looseObject(SearchTotal)
      .check(z.meta({ description: 'How many searches, and one member for each key of `by`.' })),
  ),
  names: z.record(z.string(), z.record(z.string(), z.string())).check(
    z.meta({
      description: 'Names of the states in `groups`, when `by` has states: `{ "state": { "FL": "Florida" } }`.',
    }),
  ),
});

const SearchCountsCsv = z.string().check(
  z.meta({
    description:
      'RFC 4180: the keys of `by`, a state with its name, then `searches` and `asOf`. With `Accept: text/csv;dialect=spreadsheet` it opens in one as it is.',
  }),
);

export const getSearchCounts = {
  summary: 'How often stores were searched for, and how far the nearest one was',
  security: 'oidc-counts',
  query: SearchCountsQuery,
  success: { status: 200, content: { ...json(SearchCountsAnswer), 'text/csv': SearchCountsCsv } },
  refusals: [400, 401, 403],
} as const satisfies Operation;
