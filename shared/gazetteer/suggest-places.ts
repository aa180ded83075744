import type { City, PlacedZip, PlaceSuggestion } from './place.ts';
import type { PlaceIndex } from './place-index.ts';

/** Answers the type-ahead; see `Gazetteer.suggestPlaces`. */
export function suggestPlaces(query: string, limit: number, places: PlaceIndex): PlaceSuggestion[] {
  const text = query.trimStart();
  const digits = /^([0-9]{1,5})(?:(?<=[0-9]{5})-[0-9]{0,4})?\s*$/.exec(text)?.[1];
  return digits === undefined ? suggestCities(text, limit, places) : suggestZips(digits, limit, places);
}

export function zipSuggestion(entry: PlacedZip): PlaceSuggestion {
  return { label: zipLabel(entry), near: entry.zip, ...entry.location };
}

export function citySuggestion(city: City): PlaceSuggestion {
  return { label: cityLabel(city), near: cityLabel(city), ...city.location };
}

export function zipLabel(entry: PlacedZip): string {
  return `${entry.city}, ${entry.state} ${entry.zip}`;
}

export function cityLabel(city: City): string {
  return `${city.name}, ${city.state}`;
}

function suggestZips(digits: string, limit: number, places: PlaceIndex): PlaceSuggestion[] {
  const suggestions: PlaceSuggestion[] = [];
  for (const entry of places.zipsBetween(Number(digits.padEnd(5, '0')), Number(digits.padEnd(5, '9')))) {
    if (suggestions.length >= limit) break;
    if (!entry.military) suggestions.push(zipSuggestion(entry));
  }
  return suggestions;
}

function suggestCities(text: string, limit: number, places: PlaceIndex): PlaceSuggestion[] {
  const cities = readings(text, places).flatMap(({ name, states }) => places.citiesBeginningWith(name, limit, states));
  const byLabel = new Map(cities.sort((a, b) => b.population - a.population).map((city) => [cityLabel(city), city]));
  return [...byLabel.values()].slice(0, limit).map(citySuggestion);
}

/** What a text can mean: all of it a name, or its end a state. After a comma the state may be only begun. */
function readings(text: string, places: PlaceIndex): { name: string; states?: readonly string[] }[] {
  const comma = text.lastIndexOf(',');
  if (comma >= 0) {
    const name = text.slice(0, comma);
    const end = text.slice(comma + 1).trim();
    if (end === '') return [{ name }];
    const state = places.findState(end);
    return [{ name, states: (state ? [state] : places.statesBeginningWith(end)).map(({ code }) => code) }];
  }
  const words = text.trim().split(/\s+/);
  const withState = [1, 2, 3, 4]
    .filter((count) => count < words.length)
    .flatMap((count) => {
      const state = places.findState(words.slice(-count).join(' '));
      return state === undefined ? [] : { name: words.slice(0, -count).join(' '), states: [state.code] };
    });
  return [{ name: text }, ...withState];
}
