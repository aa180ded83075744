import { type Cube, columnOfCube } from './cube.ts';
import { type Dimension, FACT_EVENTS, type Fact, type FactDimensions, type FactEvent, UNKNOWN_GROUP } from './fact.ts';
import { dayOf, mondayOf, monthOf } from './period.ts';

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

/** The counts of every row, in order. */
export const COUNT_NAMES = [...FACT_EVENTS, 'active'] as const;
export type CountName = (typeof COUNT_NAMES)[number];
export type Counts = Record<CountName, number>;
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
  state:
    'State or territory of the ZIP that was given. County, metro area (CBSA) and the first three digits of the ZIP likewise.',
  unknown: 'What cannot be placed or was not said: military ZIPs, ZIPs outside of any metro area, an open timeframe.',
  none: 'No store, or no campaign, was chosen; as a distance band, no store was listed.',
  'distance-band':
    'Miles from the ZIP to the nearest listed store when the form was sent or last changed: from the first number up to, and without, the second.',
  day: 'Days, and all periods made of them, are UTC.',
  week: 'A week begins on Monday (ISO 8601) and is named by that day.',
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
): Counted {
  const counting = new Counting(by, filters, censusOf);
  for (const fact of facts) counting.addFact(fact);
  return counting.result();
}

export interface Counted {
  readonly total: Counts;
  readonly groups: Group[];
}

/** A count that takes facts one by one, and cubes of them. */
export class Counting {
  readonly #by: readonly GroupKey[];
  readonly #filters: Filters;
  readonly #censusOf: CensusOf;
  readonly #total = noCounts();
  readonly #groups = new Map<string, Group>();

  constructor(by: readonly GroupKey[], filters: Filters, censusOf: CensusOf) {
    this.#by = by;
    this.#filters = filters;
    this.#censusOf = censusOf;
  }

  addFact({ hour, dimensions, event }: Fact): void {
    if (!passes(dimensions, this.#filters)) return;
    addEvents(this.#total, event, 1);
    if (this.#by.length === 0) return;
    addEvents(this.#group(this.#by.map((key) => this.#valueOf(key, dimensions, dayOf(hour)))), event, 1);
  }

  /**
   * @param cube with at least the dimensions of `dimensionsToCount`
   * @param period the day or month that the cube is of; a day when the count is by `day` or `week`
   * @throws RangeError when the cube lacks a dimension
   */
  addCube(cube: Cube, period: string): void {
    const keys = this.#by.map((key) => {
      const dimension = DIMENSION_OF_KEY[key];
      if (dimension === undefined) return { values: [this.#valueOf(key, {}, period)], indexes: undefined };
      const { dictionary, indexes } = columnOfCube(cube, dimension);
      return { values: dictionary.map((value) => this.#valueOf(key, { [dimension]: value }, period)), indexes };
    });
    const wanted = Object.entries(this.#filters).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const { dictionary, indexes } = columnOfCube(cube, name as keyof Filters);
      return [{ index: dictionary.indexOf(value), indexes }];
    });
    const [first, second] = keys;
    const seconds = second?.values.length ?? 1;
    // By the position of their values: rows are many, and groups few.
    const places = new Map<number, number>();
    const sums: number[] = [];
    rows: for (let row = 0; row < cube.rows; row += 1) {
      for (const { index, indexes } of wanted) if (indexes[row] !== index) continue rows;
      const slot = (first?.indexes?.[row] ?? 0) * seconds + (second?.indexes?.[row] ?? 0);
      let place = places.get(slot);
      if (place === undefined) {
        place = sums.length;
        places.set(slot, place);
        for (const _ of FACT_EVENTS) sums.push(0);
      }
      for (const counts of cube.counts) {
        sums[place] = (sums[place] ?? 0) + (counts[row] ?? 0);
        place += 1;
      }
    }
    for (const [slot, place] of places) {
      const positions = [Math.floor(slot / seconds), slot % seconds];
      const group = first && this.#group(keys.map(({ values }, key) => values[positions[key] ?? 0] ?? UNKNOWN_GROUP));
      for (const [event, name] of FACT_EVENTS.entries()) {
        const times = sums[place + event] ?? 0;
        addEvents(this.#total, name, times);
        if (group) addEvents(group, name, times);
      }
    }
  }

  result(): Counted {
    const ordered = [...this.#groups.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
    return { total: this.#total, groups: ordered };
  }

  #group(values: readonly string[]): Group {
    const id = JSON.stringify(values);
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = { ...Object.fromEntries(this.#by.map((key, index) => [key, values[index]])), ...noCounts() };
      this.#groups.set(id, group);
    }
    return group;
  }

  /** @param period a day, or a month when no day is asked for */
  #valueOf(key: GroupKey, dimensions: Partial<FactDimensions>, period: string): string {
    switch (key) {
      case 'day':
        return period;
      case 'week':
        return mondayOf(period);
      case 'month':
        return monthOf(period);
      case 'division':
        return this.#censusOf(dimensions.state ?? UNKNOWN_GROUP)?.division ?? UNKNOWN_GROUP;
      case 'region':
        return this.#censusOf(dimensions.state ?? UNKNOWN_GROUP)?.region ?? UNKNOWN_GROUP;
      default:
        return dimensions[DIMENSION_OF_KEY[key]] ?? UNKNOWN_GROUP;
    }
  }
}

const DIMENSION_OF_KEY = {
  state: 'state',
  division: 'state',
  region: 'state',
  county: 'county',
  metro: 'metro',
  zip3: 'zip3',
  dealer: 'dealer',
  model: 'model',
  timeframe: 'timeframe',
  'distance-band': 'distanceBand',
  locale: 'locale',
  campaign: 'campaign',
  day: undefined,
  week: undefined,
  month: undefined,
} as const satisfies Record<GroupKey, Dimension | undefined>;

/** The dimensions that a count has to know of each fact. */
export function dimensionsToCount(by: readonly GroupKey[], filters: Filters): ReadonlySet<Dimension> {
  const ofKeys = by.flatMap((key) => DIMENSION_OF_KEY[key] ?? []);
  const ofFilters = Object.entries(filters).flatMap(([name, value]) =>
    value === undefined ? [] : [name as keyof Filters],
  );
  return new Set([...ofKeys, ...ofFilters]);
}

/** Whether a count has to know the day of each fact; otherwise its month is enough. */
export function isByDay(by: readonly GroupKey[]): boolean {
  return by.includes('day') || by.includes('week');
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

function addEvents(counts: Counts, event: FactEvent, times: number): void {
  counts[event] += times;
  counts.active += ACTIVE_CHANGE[event] * times;
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
