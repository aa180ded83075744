import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countsCsv } from '../../shared/counts/counts-csv.ts';
import { distanceBand } from '../../shared/counts/fact.ts';
import {
  countSearches,
  type DaySearches,
  SEARCH_BANDS,
  SEARCH_GROUP_KEYS,
  type SearchGroup,
  type SearchGroupKey,
  searchFields,
  stateNames,
} from '../../shared/counts/search-counts.ts';
import { anySearch } from './search-batch.ts';

const EVERY_BY: readonly (readonly SearchGroupKey[])[] = [
  [],
  ...SEARCH_GROUP_KEYS.map((key) => [key]),
  ...SEARCH_GROUP_KEYS.flatMap((a) => SEARCH_GROUP_KEYS.filter((b) => b !== a).map((b) => [a, b])),
];
const anyRows: fc.Arbitrary<DaySearches[]> = fc.array(
  fc.tuple(anySearch, fc.integer({ min: 1, max: 1000 })).map(([search, searches]) => ({ ...search, searches })),
  { maxLength: 40 },
);

/** The value that a search has for a key, worked out in another way. */
function groupValue({ day, state, distanceBand }: DaySearches, key: SearchGroupKey): string {
  const date = new Date(`${day}T12:00:00Z`);
  switch (key) {
    case 'state':
      return state;
    case 'distance-band':
      return distanceBand;
    case 'day':
      return day;
    case 'month':
      return `${date.getUTCFullYear()}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`;
    case 'week':
      while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() - 1);
      return date.toISOString().slice(0, 10);
  }
}

const sum = (rows: readonly { searches: number }[]) => rows.reduce((total, { searches }) => total + searches, 0);

describe('searches', () => {
  test('by any keys are each in one group, which holds what a filter by its keys would leave', () => {
    fc.assert(
      fc.property(
        anyRows,
        fc.constantFrom(...EVERY_BY),
        fc.option(fc.constantFrom('FL', 'unknown'), { nil: undefined }),
        (rows, by, state) => {
          const { total, groups } = countSearches(rows, by, state);
          const left = rows.filter((row) => state === undefined || row.state === state);
          expect(total).toEqual({ searches: sum(left) });
          expect(sum(groups)).toBe(by.length === 0 ? 0 : total.searches);
          expect(new Set(groups.map((group) => JSON.stringify(by.map((key) => group[key])))).size).toBe(groups.length);
          for (const group of groups) {
            expect(Object.keys(group).toSorted()).toEqual([...by, 'searches'].toSorted());
            const its = left.filter((row) => by.every((key) => groupValue(row, key) === group[key]));
            expect(group.searches).toBe(sum(its));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('stand in order of their keys, bands from near to far', () => {
    const rows = SEARCH_BANDS.toReversed().flatMap((distanceBand) =>
      ['FL', 'AK'].map((state) => ({ day: '2026-11-25', state, distanceBand, searches: 1 })),
    );
    const { groups } = countSearches(rows, ['state', 'distance-band']);
    expect(groups.map((group) => `${group.state} ${group['distance-band']}`)).toEqual(
      ['AK', 'FL'].flatMap((state) => SEARCH_BANDS.map((band) => `${state} ${band}`)),
    );
  });

  test('have no band but those that are told', () => {
    fc.assert(
      fc.property(fc.option(fc.double({ min: 0, max: 20_100_000, noNaN: true }), { nil: undefined }), (meters) => {
        expect(SEARCH_BANDS).toContain(distanceBand(meters));
      }),
    );
    expect(searchFields(undefined, undefined)).toEqual({ state: 'unknown', distanceBand: 'none' });
  });

  test('are the same rows as CSV, in lines of RFC 4180, with names beside the states', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.constantFrom(...EVERY_BY), fc.boolean(), async (rows, by, forSpreadsheet) => {
        const counted = countSearches(rows, by);
        const names = stateNames(counted.groups, (code) =>
          code === 'FL' ? 'Florida, "the sunshine state"' : undefined,
        );
        const table = { by, counts: ['searches'], asOf: '2026-11-25T14:05:09Z', ...counted, names };
        const csv = Buffer.from(await countsCsv(table, { forSpreadsheet, gzip: false })).toString();
        expect(csv.startsWith('\ufeff')).toBe(forSpreadsheet);
        expect(csv.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        const read: Record<string, string>[] = parse(csv, { columns: true, bom: true });
        const shown = (key: string, value: string) =>
          forSpreadsheet && key === 'distance-band' && /^\d+-\d+$/.test(value) ? `="${value}"` : value;
        const expected = (by.length === 0 ? [counted.total] : counted.groups).map((group: SearchGroup) => ({
          ...Object.fromEntries(by.map((key) => [key, shown(key, group[key] ?? '')])),
          ...(by.includes('state') && { stateName: names.state?.[group.state ?? ''] ?? '' }),
          searches: String(group.searches),
          asOf: '2026-11-25T14:05:09Z',
        }));
        expect(read).toEqual(expected);
      }),
    );
  });

  test('have the names of their states, but of a code that has none', () => {
    const name = (code: string) => ({ FL: 'Florida', AK: 'Alaska' })[code];
    const groups = [
      { state: 'FL', day: '2026-11-25', searches: 1 },
      { state: 'FL', day: '2026-11-26', searches: 2 },
      { state: 'unknown', day: '2026-11-26', searches: 3 },
    ];
    expect(stateNames(groups, name)).toEqual({ state: { FL: 'Florida' } });
    expect(stateNames([{ day: '2026-11-25', searches: 1 }], name)).toEqual({});
  });
});
