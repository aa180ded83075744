import { distanceBand, UNKNOWN_GROUP } from './fact.ts';
import { mondayOf, monthOf } from './period.ts';

/** Miles from the place searched for to the nearest store that the search could have found; `none` when there is none. */
export const SEARCH_BANDS = ['0-10', '10-25', '25-50', '50-100', '100-250', '250+', 'none'] as const;

/**
 * What the line of a search tells: no more than its counts need.
 * @param nearestStoreMeters of the nearest store that the search could have found; `undefined` when there is none at all
 */
export function searchFields(state: string | undefined, nearestStoreMeters: number | undefined) {
  return { state: state ?? UNKNOWN_GROUP, distanceBand: distanceBand(nearestStoreMeters) };
}

/** More would be more than the gateway carries: a group is some 60 bytes of the 6 MB. */
export const MOST_SEARCH_GROUPS = 60_000;

/** What searches can be grouped by. */
export const SEARCH_GROUP_KEYS = ['state', 'distance-band', 'day', 'week', 'month'] as const;
export type SearchGroupKey = (typeof SEARCH_GROUP_KEYS)[number];

/** Searches of one day from one state at one distance. */
export interface DaySearches {
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly distanceBand: string;
  readonly state: string;
  readonly searches: number;
}

export type SearchGroup = { readonly searches: number } & Partial<Record<SearchGroupKey, string>>;

/** What the answer means, given with every answer. */
export const SEARCH_DEFINITIONS = {
  searches:
    'Searches for stores that the API answered: at least so many were asked. Answers that the edge repeats from its cache within a minute are not seen; robots are not told from people. A search is counted some minutes after it, rarely later.',
  state:
    'The state of the ZIP or city searched for; of coordinates that of the nearest ZIP within 50 miles, which across the border is the nearest state; unknown farther off.',
  'distance-band':
    'Miles from the place searched for to the nearest store that fits the search, at whatever distance; none when no store fits it. Of a search for one model, to the nearest store expected to carry it.',
} as const;

/**
 * Sums searches by none, one or two keys. Each falls in exactly one group, so the groups sum to the total; they are in ascending
 * order of their keys, bands from near to far.
 * @param state only searches of this one
 */
export function countSearches(
  rows: Iterable<DaySearches>,
  by: readonly SearchGroupKey[],
  state?: string,
): { total: { searches: number }; groups: SearchGroup[] } {
  let total = 0;
  const groups = new Map<string, { readonly keys: readonly string[]; searches: number }>();
  for (const row of rows) {
    if (state !== undefined && row.state !== state) continue;
    total += row.searches;
    if (by.length === 0) continue;
    const keys = by.map((key) => groupOf(row, key));
    const id = JSON.stringify(keys);
    const group = groups.get(id) ?? { keys, searches: 0 };
    group.searches += row.searches;
    groups.set(id, group);
  }
  const ordered = [...groups.values()].toSorted((a, b) => compareKeys(a.keys, b.keys, by));
  return {
    total: { searches: total },
    groups: ordered.map(({ keys, searches }) => ({
      ...Object.fromEntries(by.map((key, index) => [key, keys[index]])),
      searches,
    })),
  };
}

/**
 * Names of the states that occur, under `state`; nothing when the groups are not by state.
 * @param nameOf `undefined` for a code without a name, which is left out
 */
export function stateNames(
  groups: readonly SearchGroup[],
  nameOf: (code: string) => string | undefined,
): { state?: Record<string, string> } {
  const codes = [...new Set(groups.flatMap(({ state }) => state ?? []))];
  if (codes.length === 0) return {};
  return {
    state: Object.fromEntries(
      codes.flatMap((code) => {
        const name = nameOf(code);
        return name === undefined ? [] : [[code, name]];
      }),
    ),
  };
}

function groupOf({ day, distanceBand, state }: DaySearches, key: SearchGroupKey): string {
  switch (key) {
    case 'state':
      return state;
    case 'distance-band':
      return distanceBand;
    case 'day':
      return day;
    case 'week':
      return mondayOf(day);
    case 'month':
      return monthOf(day);
  }
}

function compareKeys(a: readonly string[], b: readonly string[], by: readonly SearchGroupKey[]): number {
  for (const [index, key] of by.entries()) {
    const [left = '', right = ''] = [a[index], b[index]];
    if (left === right) continue;
    if (key === 'distance-band') return BAND_ORDER.indexOf(left) - BAND_ORDER.indexOf(right);
    return left < right ? -1 : 1;
  }
  return 0;
}

const BAND_ORDER: readonly string[] = SEARCH_BANDS;
