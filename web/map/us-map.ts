import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { mesh } from 'topojson-client';
import { filter, filterWeight, presimplify, simplify } from 'topojson-simplify';
import type { GeometryCollection, Topology } from 'topojson-specification';
import type { City } from '../../shared/gazetteer/place.ts';
import { PlaceIndex } from '../../shared/gazetteer/place-index.ts';
import { distanceMeters } from '../../shared/geo/distance.ts';
import { albersUsa } from './albers-usa.ts';
import { encodeLines, type GridPoint } from './line-codec.ts';

/** What the built map knows of the country. Lines and places are texts of `encodeLines`. */
export interface UsMap {
  /** Steps of the grid in one unit of the drawing. */
  readonly grid: number;
  readonly coasts: string;
  readonly borders: string;
  /** Larger ones first, with a line break between two. */
  readonly cityNames: string;
  readonly cityPlaces: string;
}

/** 1.6 km a step. */
const GRID = 3;
/** Points that span less than this triangle with their neighbours are left out; square units, 24 km² each. */
const LEAST_TRIANGLE = 0.5;
/** Islands and spits smaller than this are left out; square units. */
const LEAST_ISLAND = 1;
/** As many names as the map keeps, and no two nearer than this. */
const CITIES = 200;
const CITY_METERS_APART = 32_000;
/** A large city has so many ZIPs at least; some villages are millions by GeoNames' error. */
const LEAST_ZIPS = 3;

/**
 * The map as it goes into the widget, made at build time: coasts and borders of the states from us-atlas (US Census
 * Bureau's cartographic boundaries, projected by d3's Albers USA), simplified with topojson-simplify so that neighbours
 * keep one border; names of the larger cities from the gazetteer (GeoNames).
 */
export async function drawUsMap(): Promise<UsMap> {
  const require = createRequire(import.meta.url);
  const atlas: Topology<{ states: GeometryCollection }> = JSON.parse(
    await readFile(require.resolve('us-atlas/states-albers-10m.json'), 'utf8'),
  );
  const weighed = simplify(presimplify(atlas), LEAST_TRIANGLE);
  const simple = filter(weighed, filterWeight(weighed, LEAST_ISLAND));
  const states = simple.objects.states;
  if (states?.type !== 'GeometryCollection') throw new TypeError('us-atlas has no collection of states');
  const cities = await largeCities();
  return {
    grid: GRID,
    coasts: encodeLines(onGrid(mesh(simple, states, (a, b) => a === b).coordinates)),
    borders: encodeLines(onGrid(mesh(simple, states, (a, b) => a !== b).coordinates)),
    cityNames: cities.map(({ name }) => name).join('\n'),
    cityPlaces: encodeLines([cities.map(({ place }) => place)]),
  };
}

function onGrid(lines: readonly (readonly number[])[][]): GridPoint[][] {
  return lines
    .map((line) => line.map(([x = Number.NaN, y = Number.NaN]) => gridPoint(x, y)))
    .map((line) => line.filter(([x, y], at) => x !== line[at - 1]?.[0] || y !== line[at - 1]?.[1]))
    .filter((line) => line.length > 1);
}

function gridPoint(x: number, y: number): GridPoint {
  return [Math.round(x * GRID), Math.round(y * GRID)];
}

/** The largest cities that the map shows, but of neighbours only the larger. */
async function largeCities(): Promise<readonly { readonly name: string; readonly place: GridPoint }[]> {
  const places = new PlaceIndex(await readFile(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
  const zips = new Map<string, number>();
  for (const zip of places.zipsBetween(0, 99_999)) {
    if (zip.military) continue;
    const city = `${zip.city}, ${zip.state}`;
    zips.set(city, (zips.get(city) ?? 0) + 1);
  }
  const all = places
    .statesBeginningWith('')
    .flatMap(({ code }) => places.citiesOfState(code, () => true))
    .filter(({ name, state }) => (zips.get(`${name}, ${state}`) ?? 0) >= LEAST_ZIPS)
    .sort((a, b) => b.population - a.population);
  const kept: City[] = [];
  const found: { name: string; place: GridPoint }[] = [];
  for (const city of all) {
    if (found.length === CITIES) break;
    const at = albersUsa(city.location);
    if (at === undefined) continue;
    if (kept.some(({ location }) => distanceMeters(location, city.location) < CITY_METERS_APART)) continue;
    kept.push(city);
    found.push({ name: city.name, place: gridPoint(at.x, at.y) });
  }
  return found;
}
