/**
 * The tables of gazetteer.bin, one typed array for each column, so that opening it parses nothing.
 * Coordinates are millionths of a degree; names are string numbers; `NONE` stands for what is not known.
 */
export interface Columns {
  /** ZIPs in ascending order. */
  readonly zipCode: Uint32Array;
  readonly zipLat: Int32Array;
  readonly zipLng: Int32Array;
  /** Row of the place; `NONE` for a military ZIP. */
  readonly zipPlace: Uint16Array;
  readonly zipCounty: Uint16Array;
  readonly placeName: Uint16Array;
  readonly placeState: Uint16Array;
  readonly placePopulation: Uint32Array;
  readonly placeLat: Int32Array;
  readonly placeLng: Int32Array;
  /** Names and aliases of places in order of their `nameKey`, the larger place first. */
  readonly nameText: Uint16Array;
  readonly namePlace: Uint16Array;
  /** Counties in ascending order. */
  readonly countyFips: Uint32Array;
  readonly countyName: Uint16Array;
  readonly countyMetro: Uint16Array;
  /** Metropolitan and micropolitan areas in ascending order. */
  readonly metroCode: Uint32Array;
  readonly metroTitle: Uint16Array;
  readonly stateCode: Uint16Array;
  readonly stateName: Uint16Array;
  readonly stateDivision: Uint16Array;
  readonly stateRegion: Uint16Array;
  /** Where each string ends in `stringBytes` (UTF-8); it begins where the one before it ends. */
  readonly stringEnd: Uint32Array;
  readonly stringBytes: Uint8Array;
}

export const NONE = 0xffff;

/** "ALP1", little-endian like every number in the file: typed arrays read it as it is on x64 and arm64. */
const SIGNATURE = 0x31504c41;

/** The columns one after another, each as its length in elements and its elements, padded to four bytes. */
export function encodeColumns(columns: Columns): Uint8Array {
  const arrays = [
    columns.zipCode,
    columns.zipLat,
    columns.zipLng,
    columns.zipPlace,
    columns.zipCounty,
    columns.placeName,
    columns.placeState,
    columns.placePopulation,
    columns.placeLat,
    columns.placeLng,
    columns.nameText,
    columns.namePlace,
    columns.countyFips,
    columns.countyName,
    columns.countyMetro,
    columns.metroCode,
    columns.metroTitle,
    columns.stateCode,
    columns.stateName,
    columns.stateDivision,
    columns.stateRegion,
    columns.stringEnd,
    columns.stringBytes,
  ];
  const bytes = new Uint8Array(arrays.reduce((size, array) => size + 4 + padded(array.byteLength), 4));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SIGNATURE, true);
  let offset = 4;
  for (const array of arrays) {
    view.setUint32(offset, array.length, true);
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset + 4);
    offset += 4 + padded(array.byteLength);
  }
  return bytes;
}

/** Views into `bytes`, not copies, where `bytes` is aligned to four bytes.
 *  @throws RangeError when the bytes are something else, or are cut short or too long */
export function decodeColumns(bytes: Uint8Array): Columns {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(aligned.buffer, aligned.byteOffset, aligned.byteLength);
  if (aligned.byteLength < 4 || view.getUint32(0, true) !== SIGNATURE) {
    throw new RangeError(`not a gazetteer of this version: ${bytes.byteLength} bytes`);
  }
  let offset = 4;
  function next<T>(type: {
    BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBufferLike, at: number, length: number): T;
  }): T {
    const length = view.getUint32(offset, true);
    const column = new type(aligned.buffer, aligned.byteOffset + offset + 4, length);
    offset += 4 + padded(length * type.BYTES_PER_ELEMENT);
    return column;
  }
  const columns = {
    zipCode: next(Uint32Array),
    zipLat: next(Int32Array),
    zipLng: next(Int32Array),
    zipPlace: next(Uint16Array),
    zipCounty: next(Uint16Array),
    placeName: next(Uint16Array),
    placeState: next(Uint16Array),
    placePopulation: next(Uint32Array),
    placeLat: next(Int32Array),
    placeLng: next(Int32Array),
    nameText: next(Uint16Array),
    namePlace: next(Uint16Array),
    countyFips: next(Uint32Array),
    countyName: next(Uint16Array),
    countyMetro: next(Uint16Array),
    metroCode: next(Uint32Array),
    metroTitle: next(Uint16Array),
    stateCode: next(Uint16Array),
    stateName: next(Uint16Array),
    stateDivision: next(Uint16Array),
    stateRegion: next(Uint16Array),
    stringEnd: next(Uint32Array),
    stringBytes: next(Uint8Array),
  };
  if (offset !== aligned.byteLength) {
    throw new RangeError(`a gazetteer of ${offset} bytes in a file of ${bytes.byteLength}`);
  }
  return columns;
}

function padded(byteLength: number): number {
  return Math.ceil(byteLength / 4) * 4;
}
