import ngeohash from 'ngeohash';
import type { Box } from './distance.ts';
import { assertPoint, type Point } from './point.ts';

/**
 * Geohash cells at bit level: longitude and latitude halved in turn, 26 times each, make a number of 52 bits (the most
 * that a double carries exactly, and 0.6 m by 0.3 m at the equator). Numbers, not the usual letters of 5 bits, because
 * a split can then stop at any bit.
 */
export const CELL_BITS = 52;

/**
 * The geohash cell of a point, in [0, 2^52).
 *
 * @throws RangeError when the point is not on the globe (ngeohash itself would answer with some cell)
 */
export function cellOf(point: Point): number {
  assertPoint(point);
  return ngeohash.encode_int(point.lat, point.lng, CELL_BITS);
}

/** 13 hexadecimal digits, which sort as the cells do. */
export function cellText(cell: number): string {
  return cell.toString(16).padStart(13, '0');
}

/** The box of all cells that share their first `bits` bits with `cell`; edges are exact doubles. `bits` in [0, 52]. */
export function prefixBox(cell: number, bits: number): Box {
  // ngeohash takes a depth of 0 for "the default", 52.
  if (bits === 0) return { south: -90, west: -180, north: 90, east: 180 };
  const [south, west, north, east] = ngeohash.decode_bbox_int(Math.floor(cell / cellsUnder(bits)), bits);
  return { south, west, north, east };
}

/** How many cells share a prefix of so many bits. */
export function cellsUnder(bits: number): number {
  return 2 ** (CELL_BITS - bits);
}
