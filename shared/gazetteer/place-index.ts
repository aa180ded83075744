import type { Point } from '../geo/point.ts';
import { type Columns, decodeColumns, NONE } from './columns.ts';
import { nearestZipRow } from './nearest-zip.ts';
import type { City, PlacedZip, UsState, ZipEntry } from './place.ts';
import { nameKey, nameKeyPrefixes, stateKey } from './place-name.ts';

/** The gazetteer's rows and the ways into them: binary searches over the columns. */
export class PlaceIndex {
  readonly #columns: Columns;
  readonly #decoder = new TextDecoder();
  readonly #states: readonly UsState[];
  /** By `stateKey` of code and name. */
  readonly #stateRows = new Map<string, number>();

  /** @throws RangeError when the bytes are not a gazetteer of this version */
  constructor(bytes: Uint8Array) {
    this.#columns = decodeColumns(bytes);
    const { stateCode, stateName, stateDivision, stateRegion } = this.#columns;
    this.#states = Array.from(stateCode, (code, row) => {
      const division = at(stateDivision, row);
      const region = at(stateRegion, row);
      return {
        code: this.#text(code),
        name: this.#text(at(stateName, row)),
        ...(division === NONE ? {} : { division: this.#text(division) }),
        ...(region === NONE ? {} : { region: this.#text(region) }),
      };
    });
    for (const [row, state] of this.#states.entries()) {
      this.#stateRows.set(stateKey(state.code), row).set(stateKey(state.name), row);
    }
  }

  findZip(zip: string): ZipEntry | undefined {
    if (!/^[0-9]{5}$/.test(zip)) return undefined;
    const row = this.#firstZip(Number(zip));
    return this.#columns.zipCode[row] === Number(zip) ? this.#zip(row) : undefined;
  }

  /** ZIPs from `from` to `to`, both included, in ascending order. */
  *zipsBetween(from: number, to: number): Generator<ZipEntry> {
    const { zipCode } = this.#columns;
    for (let row = this.#firstZip(from); row < zipCode.length && at(zipCode, row) <= to; row++) yield this.#zip(row);
  }

  nearestZip(place: Point, withinMeters: number): PlacedZip | undefined {
    const row = nearestZipRow(place, withinMeters, this.#columns);
    const entry = row === undefined ? undefined : this.#zip(row);
    return entry?.military === false ? entry : undefined;
  }

  findCity(name: string, state: string): City | undefined {
    const stateRow = this.#stateRow(state);
    if (stateRow === undefined) return undefined;
    const row = this.#placesNamed(nameKey(name)).find((place) => at(this.#columns.placeState, place) === stateRow);
    return row === undefined ? undefined : this.#city(row);
  }

  /** Cities of that very name in all states, the larger first. */
  citiesNamed(name: string): City[] {
    return this.#inOrderOfSize(this.#placesNamed(nameKey(name))).map((row) => this.#city(row));
  }

  /** Cities whose name or alias begins with `text`, the larger first.
   *  @param states codes; all states when absent */
  citiesBeginningWith(text: string, limit: number, states?: readonly string[]): City[] {
    const stateRows = states && new Set(states.map((code) => this.#stateRow(code)));
    const rows = nameKeyPrefixes(text)
      // `{` follows `z`: this is past every key with the prefix.
      .flatMap((prefix) => this.#placesNamed(prefix, `${prefix}{`))
      .filter((row) => stateRows === undefined || stateRows.has(at(this.#columns.placeState, row)));
    return this.#inOrderOfSize(rows)
      .slice(0, limit)
      .map((row) => this.#city(row));
  }

  /** Cities of a state whose name's key passes the test, the larger first. Reads the whole state: for the unlucky path. */
  citiesOfState(state: string, isWanted: (key: string) => boolean): City[] {
    const { placeState, placeName } = this.#columns;
    const stateRow = this.#stateRow(state);
    const rows: number[] = [];
    for (let row = 0; row < placeState.length; row++) {
      if (placeState[row] === stateRow && isWanted(nameKey(this.#text(at(placeName, row))))) rows.push(row);
    }
    return this.#inOrderOfSize(rows).map((row) => this.#city(row));
  }

  findState(state: string): UsState | undefined {
    const row = this.#stateRow(state);
    return row === undefined ? undefined : this.#states[row];
  }

  /** States whose code or name begins with `text`. */
  statesBeginningWith(text: string): UsState[] {
    const key = stateKey(text);
    return this.#states.filter(({ code, name }) => [code, name].some((known) => stateKey(known).startsWith(key)));
  }

  countyName(countyFips: string): string | undefined {
    const row = rowOf(this.#columns.countyFips, countyFips);
    return row === undefined ? undefined : this.#text(at(this.#columns.countyName, row));
  }

  metroTitle(metroCode: string): string | undefined {
    const row = rowOf(this.#columns.metroCode, metroCode);
    return row === undefined ? undefined : this.#text(at(this.#columns.metroTitle, row));
  }

  #stateRow(state: string): number | undefined {
    return this.#stateRows.get(stateKey(state));
  }

  #firstZip(zip: number): number {
    const { zipCode } = this.#columns;
    return lowerBound(zipCode.length, (row) => at(zipCode, row) < zip);
  }

  #zip(row: number): ZipEntry {
    const { zipCode, zipPlace, zipLat, zipLng, zipCounty, placeName, placeState } = this.#columns;
    const zip = fiveDigits(at(zipCode, row));
    const place = at(zipPlace, row);
    if (place === NONE) return { military: true, zip };
    return {
      military: false,
      zip,
      city: this.#text(at(placeName, place)),
      state: this.#stateCode(at(placeState, place)),
      location: point(at(zipLat, row), at(zipLng, row)),
      ...this.#countyAndMetro(at(zipCounty, row)),
    };
  }

  #countyAndMetro(county: number): { countyFips?: string; metroCode?: string } {
    if (county === NONE) return {};
    const { countyFips, countyMetro, metroCode } = this.#columns;
    const metro = at(countyMetro, county);
    return {
      countyFips: fiveDigits(at(countyFips, county)),
      ...(metro === NONE ? {} : { metroCode: fiveDigits(at(metroCode, metro)) }),
    };
  }

  #city(row: number): City {
    const { placeName, placeState, placeLat, placeLng, placePopulation } = this.#columns;
    return {
      name: this.#text(at(placeName, row)),
      state: this.#stateCode(at(placeState, row)),
      location: point(at(placeLat, row), at(placeLng, row)),
      population: at(placePopulation, row),
    };
  }

  /** Rows of the places whose name's key is at least `from` and below `to`; without `to`, those of the key `from`. */
  #placesNamed(from: string, to = `${from}\0`): number[] {
    if (from === '') return [];
    const { nameText, namePlace } = this.#columns;
    const keyOf = (name: number) => nameKey(this.#text(at(nameText, name)));
    const first = lowerBound(nameText.length, (name) => keyOf(name) < from);
    const end = lowerBound(nameText.length, (name) => keyOf(name) < to);
    return Array.from(namePlace.subarray(first, end));
  }

  /** Without repeats; equals in order of name and state. */
  #inOrderOfSize(rows: readonly number[]): number[] {
    const { placePopulation } = this.#columns;
    return [...new Set(rows)].sort((a, b) => at(placePopulation, b) - at(placePopulation, a) || a - b);
  }

  #stateCode(row: number): string {
    const state = this.#states[row];
    if (state === undefined) throw new RangeError(`the gazetteer has no state ${row}`);
    return state.code;
  }

  #text(row: number): string {
    const { stringEnd, stringBytes } = this.#columns;
    const start = row === 0 ? 0 : at(stringEnd, row - 1);
    return this.#decoder.decode(stringBytes.subarray(start, at(stringEnd, row)));
  }
}

/** @throws RangeError when the column has no such row: the file is damaged */
function at(column: Uint16Array | Uint32Array | Int32Array, row: number): number {
  const value = column[row];
  if (value === undefined) throw new RangeError(`the gazetteer has no row ${row} in a column of ${column.length}`);
  return value;
}

/** The first of `length` rows that does not lie before what is looked for. */
function lowerBound(length: number, liesBefore: (row: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (liesBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rowOf(codes: Uint32Array, code: string): number | undefined {
  if (!/^[0-9]{5}$/.test(code)) return undefined;
  const row = lowerBound(codes.length, (middle) => at(codes, middle) < Number(code));
  return codes[row] === Number(code) ? row : undefined;
}

function point(latMillionths: number, lngMillionths: number): Point {
  return { lat: latMillionths / 1e6, lng: lngMillionths / 1e6 };
}

function fiveDigits(code: number): string {
  return String(code).padStart(5, '0');
}
