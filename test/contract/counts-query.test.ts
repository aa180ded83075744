import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { InterestCountsQuery } from '../../shared/contract/interest-counts.ts';
import { SearchCountsQuery } from '../../shared/contract/search-counts.ts';

test.each([
  ['interests', InterestCountsQuery],
  ['searches', SearchCountsQuery],
])('counts of %s can be asked for of one state, or of what is in none', (_, query) => {
  for (const state of ['FL', 'PR', 'unknown']) expect(z.parse(query, { state })).toEqual({ state });
  for (const state of ['', 'fl', 'Florida', 'Unknown', 'none']) {
    expect(z.safeParse(query, { state }).error?.issues).toMatchObject([
      { path: ['state'], message: 'must be the two letters of a state, such as FL, or unknown' },
    ]);
  }
});
