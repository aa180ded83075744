import { type Fact, type FactDimensions, type FactEvent, UNKNOWN_GROUP } from './fact.ts';
import { mondayOf } from './period.ts';

/** What counts can be grouped by. */
export const GROUP_KEYS = [
  'state',
  'division',
  'region',
  'county',
  'metro',
  'zip3',
  'dealer',
  'model',
  'timeframe',
  'distance-band',
  'locale',
  'campaign',
  'day',
  'week',
  'month',
] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

export type Counts = Record<FactEvent, number> & { active: number };
export type Group = Counts & Partial<Record<GroupKey, string>>;

export interface Filters {
  readonly state?: string | undefined;
  readonly model?: string | undefined;
  readonly dealer?: string | undefined;
  readonly metro?: string | undefined;
  readonly campaign?: string | undefined;
}

/** Census division and region of a state; `undefined` for territories, which have none. */
export type CensusOf = (state: string) => { readonly division?: string; readonly region?: string } | undefined;

/** What each count means, given with every answer. */
export const DEFINITIONS = {
  submitted: 'Reservations asked for. One that is asked for again before it is confirmed counts once.',
  confirmed: 'Reservations confirmed by mail.',
  withdrawn: 'Confirmed reservations withdrawn.',
  movedIn: 'Confirmed reservations that changed store, model, ZIP or another thing that is counted, into this group.',
  movedOut:
    'Confirmed reservations that changed store, model, ZIP or another thing that is counted, out of this group.',
  active:
    'confirmed - withdrawn + movedIn - movedOut: over all days, the reservations that stand; over a range, the net change.',
} as const;

/**
 * Counts facts by none, one or two keys.
 * Every fact falls in exactly one group, so the groups sum to the total; they are in ascending order of their keys.
 */
export function countFacts(
  facts: Iterable<Fact>,
  by: readonly GroupKey[],
  filters: Filters,
  censusOf: CensusOf,
): { total: Counts; groups: Group[] } {
  const total = noCounts();
  const groups = new Map<string, Group>();
  for (const fact of facts) {
    if (!passes(fact.dimensions, filters)) continue;
    add(total, fact.event);
    if (by.length === 0) continue;
    const values = by.map((key) => groupOf(fact, key, censusOf));
    const id = JSON.stringify(values);
    let group = groups.get(id);
    if (group === undefined) {
      group = { ...Object.fromEntries(by.map((key, index) => [key, values[index]])), ...noCounts() };
      groups.set(id, group);
    }
    add(group, fact.event);
  }
  const ordered = [...groups.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  return { total, groups: ordered };
}

function noCounts(): Counts {
  return { submitted: 0, confirmed: 0, withdrawn: 0, movedIn: 0, movedOut: 0, active: 0 };
}

const ACTIVE_CHANGE: Record<FactEvent, number> = {
  submitted: 0,
  confirmed: 1,
  withdrawn: -1,
  movedIn: 1,
  movedOut: -1,
};

function add(counts: Counts, event: FactEvent): void {
  counts[event] += 1;
  counts.active += ACTIVE_CHANGE[event];
}

function passes(dimensions: FactDimensions, filters: Filters): boolean {
  const { state, model, dealer, metro, campaign } = filters;
  return (
    (state === undefined || dimensions.state === state) &&
    (model === undefined || dimensions.model === model) &&
    (dealer === undefined || dimensions.dealer === dealer) &&
    (metro === undefined || dimensions.metro === metro) &&
    (campaign === undefined || dimensions.campaign === campaign)
  );
}

function groupOf(fact: Fact, key: GroupKey, censusOf: CensusOf): string {
  switch (key) {
    case 'day':
      return fact.day;
    case 'week':
      return mondayOf(fact.day);
    case 'month':
      return fact.day.slice(0, 7);
    case 'division':
      return censusOf(fact.dimensions.state)?.division ?? UNKNOWN_GROUP;
    case 'region':
      return censusOf(fact.dimensions.state)?.region ?? UNKNOWN_GROUP;
    case 'distance-band':
      return fact.dimensions.distanceBand;
    default:
      return fact.dimensions[key];
  }
}
