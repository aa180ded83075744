import { writeFileSync } from 'node:fs';
import { type Columns, encodeColumns, NONE } from '../../shared/gazetteer/columns.ts';
import { nameKey } from '../../shared/gazetteer/place-name.ts';
import type { Point } from '../../shared/geo/point.ts';
import {
  CITY_ALIASES,
  COUNTY_NAMES,
  FREELY_ASSOCIATED_STATES,
  RENAMED_CITIES,
  TERRITORY_COUNTIES,
  ZIP_COUNTIES,
} from './corrections.ts';
import {
  cbsaRows,
  censusCentroids,
  censusStateRows,
  olderPostalRows,
  type PostalRow,
  populatedPlaces,
  postalRows,
} from './sources.ts';

interface Zip {
  readonly zip: string;
  /** Absent for a military ZIP. */
  readonly place?: { city: string; state: string; location: Point; countyFips: string | undefined };
}

interface Place {
  readonly key: string;
  readonly name: string;
  readonly state: string;
  readonly population: number;
  readonly location: Point;
  readonly aliases: readonly string[];
}

const censusStates = censusStateRows();
const stateFips = new Map(censusStates.map((row) => [row.state, row.state_fips]));
const cbsaCounties = cbsaRows();
const postal = postalRows();

/** The whole of gazetteer.bin, the same bytes from the same sources. */
export function buildGazetteer(): Uint8Array {
  const zips = allZips();
  const places = allPlaces(zips);
  return encodeColumns(toColumns(zips, places));
}

function allZips(): Zip[] {
  const centroids = censusCentroids();
  const zips = new Map<string, Zip>();
  for (const row of postal) {
    if (row.state === '') continue;
    const { zip, city, state } = row;
    const location = centroids.get(zip) ?? row.location;
    zips.set(zip, { zip, place: { city, state, location, countyFips: countyFipsOf(row) } });
  }
  const older = olderPostalRows();
  for (const { zip, city, state, location } of older) {
    if (zips.has(zip) || !isIsland(state)) continue;
    const point = centroids.get(zip) ?? location;
    if (point.lat === 0 && point.lng === 0) throw new Error(`no source places ZIP ${zip}`);
    zips.set(zip, { zip, place: { city, state, location: point, countyFips: islandCountyFips(city, state) } });
  }
  const military = [
    ...postal.filter((row) => /^(APO|FPO|DPO) /.test(row.city)),
    ...older.filter((row) => ['AA', 'AE', 'AP'].includes(row.state)),
  ];
  // Two bases in Hawaii stand in the sources as military and as places: they are places.
  for (const { zip } of military) if (!zips.has(zip)) zips.set(zip, { zip });
  for (const { zip } of [...postal, ...[...centroids.keys()].map((zip) => ({ zip }))]) {
    if (!zips.has(zip)) throw new Error(`no source names ZIP ${zip}`);
  }
  return [...zips.values()].sort((a, b) => Number(a.zip) - Number(b.zip));
}

function isIsland(state: string): boolean {
  return ['AS', 'GU', 'MP', 'PR', 'VI'].includes(state) || FREELY_ASSOCIATED_STATES.some(([code]) => code === state);
}

function countyFipsOf(row: PostalRow): string | undefined {
  const fips = stateFips.get(row.state);
  return ZIP_COUNTIES[row.zip] ?? (fips === undefined ? undefined : fips + row.countyCode);
}

function islandCountyFips(city: string, state: string): string | undefined {
  if (state === 'GU') return '66010';
  const listed = TERRITORY_COUNTIES[state]?.[city];
  if (listed !== undefined || state !== 'PR') return listed;
  const municipios = [
    ...cbsaCounties.map((row) => [row.county_fips, row.county] as const),
    ...Object.entries(COUNTY_NAMES),
  ];
  return municipios.find(
    ([fips, name]) => fips.startsWith('72') && nameKey(name) === nameKey(`${city} Municipio`),
  )?.[0];
}

/** Cities with a population, then the post offices that are none of them, in order of key and state. */
function allPlaces(zips: readonly Zip[]): Place[] {
  const places = new Map<string, Place>();
  for (const row of populatedPlaces()) {
    if (row.name.endsWith('(historical)')) continue;
    const renamed = RENAMED_CITIES.find(([state, name]) => state === row.state && name === row.name);
    const name: string = renamed?.[2] ?? plainName(row.name, row.state);
    const aliases: string[] = CITY_ALIASES.filter(([state, city]) => state === row.state && city === name).map(
      ([, , alias]) => alias,
    );
    if (renamed !== undefined) aliases.push(row.name);
    const place = { ...row, name, key: nameKey(name), aliases };
    const namesake = places.get(placeId(place));
    if (namesake === undefined || namesake.population < place.population) places.set(placeId(place), place);
  }
  const postOffices = Map.groupBy(
    zips.flatMap((zip) => zip.place ?? []),
    (zip) => placeId({ key: nameKey(zip.city), state: zip.state }),
  );
  for (const [id, offices] of postOffices) {
    const [first] = offices;
    if (first === undefined || places.has(id)) continue;
    const { city: name, state } = first;
    const location = medoid(offices.map((office) => office.location));
    places.set(id, { key: nameKey(name), name, state, population: 0, location, aliases: [] });
  }
  return [...places.values()].sort((a, b) => compare(a.key, b.key) || compare(a.state, b.state));
}

/** Without GeoNames' remarks: `Middlebury (village)`, `New Century, KS`, and on Guam and its neighbours `Dededo Village`. */
function plainName(name: string, state: string): string {
  const plain = name.replace(/ \(.*\)$/, '').replace(/, .*$/, '');
  return ['GU', 'MP'].includes(state) ? plain.replace(/ Village$/, '') : plain;
}

function placeId(place: { key: string; state: string }): string {
  return `${place.key}|${place.state}`;
}

/** The point with the least sum of distances to the others: unlike a mean, one wrong coordinate does not drag it away. */
function medoid(points: readonly Point[]): Point {
  let best: Point | undefined;
  let bestSum = Number.POSITIVE_INFINITY;
  for (const point of points) {
    const shrink = Math.cos((point.lat * Math.PI) / 180);
    const sum = points.reduce((total, p) => total + Math.hypot(p.lat - point.lat, (p.lng - point.lng) * shrink), 0);
    if (sum < bestSum) [best, bestSum] = [point, sum];
  }
  if (best === undefined) throw new Error('a place without any ZIP');
  return best;
}

function toColumns(zips: readonly Zip[], places: readonly Place[]): Columns {
  const strings = new StringPool();
  const states = [
    ...censusStates.map((row) => ({
      code: row.state,
      name: row.state_name,
      division: row.region_code === '' ? undefined : row.division,
      region: row.region_code === '' ? undefined : row.region,
    })),
    ...FREELY_ASSOCIATED_STATES.map(([code, name]) => ({ code, name, division: undefined, region: undefined })),
  ];
  const stateRows = new Map(states.map((state, row) => [state.code, row]));
  const metros = [...new Map(cbsaCounties.map((row) => [row.cbsa, row.cbsa_title]))].sort(byCode);
  const metroRows = new Map(metros.map(([code], row) => [code, row]));
  const counties = [...countyNames(zips)].sort(byCode);
  const countyRows = new Map(counties.map(([fips], row) => [fips, row]));
  const countyMetros = new Map(cbsaCounties.map((row) => [row.county_fips, row.cbsa]));
  const placeRows = new Map(places.map((place, row) => [placeId(place), row]));
  const names = places
    .flatMap((place, row) => [place.name, ...place.aliases].map((text) => ({ text, key: nameKey(text), place, row })))
    .sort((a, b) => compare(a.key, b.key) || b.place.population - a.place.population || a.row - b.row);
  return {
    zipCode: Uint32Array.from(zips, ({ zip }) => Number(zip)),
    zipLat: Int32Array.from(zips, ({ place }) => millionths(place?.location.lat ?? 0)),
    zipLng: Int32Array.from(zips, ({ place }) => millionths(place?.location.lng ?? 0)),
    zipPlace: Uint16Array.from(zips, ({ place }) =>
      place === undefined ? NONE : rowOf(placeRows, placeId({ key: nameKey(place.city), state: place.state })),
    ),
    zipCounty: Uint16Array.from(zips, ({ place }) =>
      place?.countyFips === undefined ? NONE : rowOf(countyRows, place.countyFips),
    ),
    placeName: Uint16Array.from(places, (place) => strings.add(place.name)),
    placeState: Uint16Array.from(places, (place) => rowOf(stateRows, place.state)),
    placePopulation: Uint32Array.from(places, (place) => place.population),
    placeLat: Int32Array.from(places, (place) => millionths(place.location.lat)),
    placeLng: Int32Array.from(places, (place) => millionths(place.location.lng)),
    nameText: Uint16Array.from(names, (name) => strings.add(name.text)),
    namePlace: Uint16Array.from(names, (name) => name.row),
    countyFips: Uint32Array.from(counties, ([fips]) => Number(fips)),
    countyName: Uint16Array.from(counties, ([, name]) => strings.add(name)),
    countyMetro: Uint16Array.from(counties, ([fips]) => {
      const metro = countyMetros.get(fips);
      return metro === undefined ? NONE : rowOf(metroRows, metro);
    }),
    metroCode: Uint32Array.from(metros, ([code]) => Number(code)),
    metroTitle: Uint16Array.from(metros, ([, title]) => strings.add(title)),
    stateCode: Uint16Array.from(states, (state) => strings.add(state.code)),
    stateName: Uint16Array.from(states, (state) => strings.add(state.name)),
    stateDivision: Uint16Array.from(states, (state) => strings.addOrNone(state.division)),
    stateRegion: Uint16Array.from(states, (state) => strings.addOrNone(state.region)),
    ...strings.columns(),
  };
}

/** County FIPS to name with its state: the Census's name where the CBSA file has it, otherwise GeoNames' made whole. */
function countyNames(zips: readonly Zip[]): Map<string, string> {
  const used = new Set(zips.flatMap((zip) => zip.place?.countyFips ?? []));
  const stateOfFips = new Map(censusStates.map((row) => [row.state_fips, row.state]));
  const names = new Map<string, string>();
  const add = (fips: string, name: string) => names.set(fips, `${name}, ${rowOf(stateOfFips, fips.slice(0, 2))}`);
  for (const row of postal) {
    const fips = row.state === '' ? undefined : countyFipsOf(row);
    if (fips !== undefined && used.has(fips)) add(fips, wholeCountyName(row.county, row.state));
  }
  for (const row of cbsaCounties) add(row.county_fips, row.county);
  for (const [fips, name] of Object.entries(COUNTY_NAMES)) add(fips, name);
  return names;
}

/** `Galax (city)` → `Galax city`, `Nome (CA)` → `Nome Census Area`, `Winn` in Louisiana → `Winn Parish`. */
function wholeCountyName(name: string, state: string): string {
  const marked = name.replace(/ \(city\)$/, ' city').replace(/ \(CA\)$/, ' Census Area');
  if (marked !== name || / (County|Parish|Borough|Census Area)$/.test(name)) return marked;
  return `${name} ${{ AK: 'Borough', LA: 'Parish' }[state] ?? 'County'}`;
}

/** Every text once, in order of first use. */
class StringPool {
  readonly #rows = new Map<string, number>();

  add(text: string): number {
    const row = this.#rows.get(text) ?? this.#rows.size;
    if (row >= NONE) throw new RangeError(`more than ${NONE} strings`);
    this.#rows.set(text, row);
    return row;
  }

  addOrNone(text: string | undefined): number {
    return text === undefined ? NONE : this.add(text);
  }

  columns(): Pick<Columns, 'stringEnd' | 'stringBytes'> {
    const encoder = new TextEncoder();
    const texts = [...this.#rows.keys()];
    let end = 0;
    return {
      stringEnd: Uint32Array.from(texts, (text) => {
        end += encoder.encode(text).length;
        return end;
      }),
      stringBytes: encoder.encode(texts.join('')),
    };
  }
}

function rowOf<Row>(rows: ReadonlyMap<string, Row>, key: string): Row {
  const row = rows.get(key);
  if (row === undefined) throw new Error(`nothing is known of ${key}`);
  return row;
}

function millionths(degrees: number): number {
  return Math.round(degrees * 1e6);
}

/** By code unit: the order must not depend on this machine's locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function byCode(a: readonly [string, string], b: readonly [string, string]): number {
  return compare(a[0], b[0]);
}

if (import.meta.main) {
  const bytes = buildGazetteer();
  writeFileSync(new URL('gazetteer.bin', import.meta.url), bytes);
  console.log(`data/gazetteer/gazetteer.bin: ${bytes.length.toLocaleString('en-US')} bytes`);
}
