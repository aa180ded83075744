import { METERS_PER_MILE } from '../geo/distance.ts';
import type { NearAnswer, PlaceSuggestion } from './place.ts';
import type { PlaceIndex } from './place-index.ts';
import { nameKey } from './place-name.ts';
import { cityLabel, citySuggestion, zipLabel, zipSuggestion } from './suggest-places.ts';

const ACCEPTED = 'a ZIP (33324 or 33324-1234), coordinates (26.11,-80.25) or a city and state (Fort Lauderdale, FL)';
const MAX_LENGTH = 100;
const MAX_SUGGESTIONS = 5;
/** Outside of Alaska no ZIP of the mainland is farther than 58 miles from the next: its land lies within, the open sea does not. */
const STATE_WITHIN_METERS = 50 * METERS_PER_MILE;

const ZIP = /^([0-9]{5})(?:-[0-9]{4})?$/;
const COORDINATES = /^(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)\s*,\s*(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)$/;
/** The state is checked further: two letters, or a state's name. */
const CITY = /^([^,]*\p{L}[^,]*),\s*([A-Za-z][A-Za-z. ]*)$/u;

/** Answers a search's `near`; see `Gazetteer.resolveNear`. */
export function resolveNear(near: string, places: PlaceIndex): NearAnswer {
  const text = near.trim();
  if (text.length > MAX_LENGTH) {
    return { kind: 'malformed', detail: `has ${text.length} characters; give ${ACCEPTED}` };
  }
  const [, zip] = ZIP.exec(text) ?? [];
  if (zip !== undefined) return resolveZip(zip, places);
  const [, lat, lng] = COORDINATES.exec(text) ?? [];
  if (lat !== undefined && lng !== undefined) return resolveCoordinates(lat, lng, places);
  const [, city, state] = CITY.exec(text) ?? [];
  if (city !== undefined && state !== undefined && (places.findState(state) || /^[A-Za-z]{2}$/.test(state))) {
    return resolveCity(city, state, places);
  }
  return { kind: 'malformed', detail: `has none of the accepted forms; give ${ACCEPTED}` };
}

function resolveZip(zip: string, places: PlaceIndex): NearAnswer {
  const entry = places.findZip(zip);
  if (entry === undefined) {
    return { kind: 'unknown', detail: `No ZIP ${zip} is known.`, suggestions: neighboursOf(zip, places) };
  }
  if (entry.military) {
    const detail = `${zip} is a military address (APO, FPO or DPO), which has no place on the map. Give a town or a ZIP near you.`;
    return { kind: 'unknown', detail, suggestions: [] };
  }
  return { kind: 'found', label: zipLabel(entry), location: entry.location, state: entry.state };
}

function resolveCoordinates(latText: string, lngText: string, places: PlaceIndex): NearAnswer {
  // Adding 0 turns -0 into 0, which prints and compares like any other zero.
  const location = { lat: Number(latText) + 0, lng: Number(lngText) + 0 };
  const fault =
    Math.abs(location.lat) > 90
      ? 'has a latitude that is not within -90 and 90'
      : Math.abs(location.lng) > 180
        ? 'has a longitude that is not within -180 and 180'
        : undefined;
  if (fault !== undefined) return { kind: 'malformed', detail: `${fault}; the latitude comes first` };
  const label = [location.lat, location.lng].map((degrees) => String(Math.round(degrees * 1e4) / 1e4 + 0)).join(', ');
  const zip = places.nearestZip(location, STATE_WITHIN_METERS);
  return { kind: 'found', label, location, ...(zip && { state: zip.state }) };
}

function resolveCity(name: string, state: string, places: PlaceIndex): NearAnswer {
  const city = places.findCity(name, state);
  if (city !== undefined) {
    return { kind: 'found', label: cityLabel(city), location: city.location, state: city.state };
  }
  const knownState = places.findState(state);
  const detail =
    knownState === undefined
      ? `No state ${state.toUpperCase()} is known.`
      : `No place named ${name.trim()} is known in ${knownState.name}.`;
  return { kind: 'unknown', detail, suggestions: namedLike(name, state, places) };
}

/** The ZIPs nearest in number that share its first three digits: the same mail sorting centre, so they lie near. */
function neighboursOf(zip: string, places: PlaceIndex): PlaceSuggestion[] {
  const area = Math.floor(Number(zip) / 100) * 100;
  return [...places.zipsBetween(area, area + 99)]
    .flatMap((entry) => (entry.military ? [] : entry))
    .sort((a, b) => Math.abs(Number(a.zip) - Number(zip)) - Math.abs(Number(b.zip) - Number(zip)))
    .slice(0, MAX_SUGGESTIONS)
    .map(zipSuggestion);
}

/** Cities of the state spelled almost so, the closest first; those that have the name within theirs; those of that name elsewhere. */
function namedLike(name: string, state: string, places: PlaceIndex): PlaceSuggestion[] {
  const key = nameKey(name);
  const mistakes = key.length <= 4 ? 1 : 2;
  const distance = (other: string) => editDistance(key, other, mistakes);
  const similar = places
    .citiesOfState(state, (other) => distance(other) <= mistakes || (key.length >= 4 && other.includes(key)))
    .sort((a, b) => distance(nameKey(a.name)) - distance(nameKey(b.name)));
  return [...similar, ...places.citiesNamed(name)].slice(0, MAX_SUGGESTIONS).map(citySuggestion);
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other (optimal string alignment).
 * `limit` + 1 stands for words whose lengths alone differ by more than `limit`.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        cost(last, column) + 1,
        cost(current, column - 1) + 1,
        cost(last, column - 1) + (isSame ? 0 : 1),
        isSwap ? cost(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return cost(last, b.length);
}

function cost(costs: readonly number[], column: number): number {
  return costs[column] ?? Number.POSITIVE_INFINITY;
}
