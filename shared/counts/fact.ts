import { METERS_PER_MILE } from '../geo/distance.ts';

/** What cannot be placed stands in a group of this name. */
export const UNKNOWN_GROUP = 'unknown';

/** What a fact is grouped by. None of it tells who the person is. */
export interface FactDimensions {
  /** Postal code of the state or territory, or `unknown`. */
  readonly state: string;
  /** County FIPS code, or `unknown`. */
  readonly county: string;
  /** CBSA code of the metro or micro area, or `unknown`. */
  readonly metro: string;
  /** First three digits of the ZIP. */
  readonly zip3: string;
  /** Store id, or `none`. */
  readonly dealer: string;
  readonly model: string;
  /** Timeframe id, or `unknown`. */
  readonly timeframe: string;
  /** Miles to the nearest listed store. */
  readonly distanceBand: string;
  readonly locale: string;
  /** Campaign name, or `none`. */
  readonly campaign: string;
}

/** The names of the dimensions, the finer places after the coarser. */
export const DIMENSIONS = [
  'state',
  'metro',
  'county',
  'zip3',
  'dealer',
  'distanceBand',
  'model',
  'timeframe',
  'locale',
  'campaign',
] as const satisfies readonly (keyof FactDimensions)[];
export type Dimension = (typeof DIMENSIONS)[number];

/** The events that are counted; `active` is derived from them. */
export const FACT_EVENTS = ['submitted', 'confirmed', 'withdrawn', 'movedIn', 'movedOut'] as const;
export type FactEvent = (typeof FACT_EVENTS)[number];

/** One thing that happened to one reservation, once. Append-only, free of people's data. */
export interface Fact {
  /** A random UUID. */
  readonly id: string;
  /** UTC hour in which it happened, `YYYY-MM-DDTHH`. */
  readonly hour: string;
  readonly event: FactEvent;
  readonly dimensions: FactDimensions;
}

/** Upper ends of the distance bands, in miles; beyond the last one is `250+`. */
const BAND_MILES = [10, 25, 50, 100, 250] as const;

/** The distance band of a person's nearest store; `none` when no store is listed. */
export function distanceBand(nearestStoreMeters: number | undefined): string {
  if (nearestStoreMeters === undefined) return 'none';
  const miles = nearestStoreMeters / METERS_PER_MILE;
  let from = 0;
  for (const to of BAND_MILES) {
    if (miles < to) return `${from}-${to}`;
    from = to;
  }
  return `${from}+`;
}
