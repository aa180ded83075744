import type { ZipEntry } from '../gazetteer/place.ts';
import { distanceBand, type FactDimensions, UNKNOWN_GROUP } from './fact.ts';

/** What a reservation is grouped by. */
export interface Countable {
  readonly zip: string;
  /** The gazetteer's entry of that ZIP. */
  readonly place: ZipEntry | undefined;
  /** Metres from the ZIP's point to the nearest listed store; `undefined` when either is missing. */
  readonly nearestStoreMeters: number | undefined;
  readonly dealerId: string | null;
  readonly model: string;
  readonly timeframe: string | null;
  readonly locale: string;
  readonly campaign: string | undefined;
}

/** The dimensions of a reservation's facts: places and choices, nothing that tells who it is. */
export function dimensionsOf(countable: Countable): FactDimensions {
  const placed = countable.place?.military === false ? countable.place : undefined;
  return {
    state: placed?.state ?? UNKNOWN_GROUP,
    county: placed?.countyFips ?? UNKNOWN_GROUP,
    metro: placed?.metroCode ?? UNKNOWN_GROUP,
    zip3: countable.zip.slice(0, 3),
    dealer: countable.dealerId ?? 'none',
    model: countable.model,
    timeframe: countable.timeframe ?? UNKNOWN_GROUP,
    distanceBand: placed === undefined ? UNKNOWN_GROUP : distanceBand(countable.nearestStoreMeters),
    locale: countable.locale,
    campaign: countable.campaign ?? 'none',
  };
}
