import type { Point } from '../geo/point.ts';
import type { City, NearAnswer, PlacedZip, PlaceSuggestion, UsState, ZipEntry } from './place.ts';
import { PlaceIndex } from './place-index.ts';
import { resolveNear } from './resolve-near.ts';
import { suggestPlaces } from './suggest-places.ts';

/** US places by ZIP and by name, all in memory. */
export interface Gazetteer {
  /** @param zip five digits; anything else is not found */
  findZip(zip: string): ZipEntry | undefined;
  /** The ZIP whose point is nearest to a place, of two as near the one of the lower number.
   *  @param withinMeters at most a quarter of the globe's circumference
   *  @throws RangeError when the place is not on the globe */
  nearestZip(place: Point, withinMeters: number): PlacedZip | undefined;
  /** Accents, case, punctuation, spaces and `Saint`/`St.`, `Fort`/`Ft.`, `Mount`/`Mt.` make no difference.
   *  @param state USPS code or full name, in any case */
  findCity(name: string, state: string): City | undefined;
  /** Reads the `near` of a search: a ZIP (`33324`, `33324-1234`), `lat,lng` (`26.11,-80.25`) or `City, ST`. */
  resolveNear(near: string): NearAnswer;
  /** Type-ahead: ZIPs by prefix in order, cities by prefix with the larger first; a state may follow (`springfield mo`). */
  suggestPlaces(query: string, limit: number): readonly PlaceSuggestion[];
  /** @param state USPS code or full name, in any case */
  findState(state: string): UsState | undefined;
  /** E.g. `Broward County, FL` for `12011`. */
  countyName(countyFips: string): string | undefined;
  /** E.g. `Miami-Fort Lauderdale-West Palm Beach, FL` for `33100`. */
  metroTitle(metroCode: string): string | undefined;
}

/** @param bytes the whole of gazetteer.bin; kept, not copied
 *  @throws RangeError when the bytes are not a gazetteer of this version */
export function openGazetteer(bytes: Uint8Array): Gazetteer {
  const places = new PlaceIndex(bytes);
  return {
    findZip: (zip) => places.findZip(zip),
    nearestZip: (place, withinMeters) => places.nearestZip(place, withinMeters),
    findCity: (name, state) => places.findCity(name, state),
    resolveNear: (near) => resolveNear(near, places),
    suggestPlaces: (query, limit) => suggestPlaces(query, limit, places),
    findState: (state) => places.findState(state),
    countyName: (countyFips) => places.countyName(countyFips),
    metroTitle: (metroCode) => places.metroTitle(metroCode),
  };
}
