import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { postalRows } from '../../data/gazetteer/sources.ts';
import { NONE } from '../../shared/gazetteer/columns.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { nearestZipRow } from '../../shared/gazetteer/nearest-zip.ts';
import { distanceMeters } from '../../shared/geo/distance.ts';
import type { Point } from '../../shared/geo/point.ts';
import { anywhere, towns } from '../geo/arbitrary-point.ts';

const gazetteer = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
const MILLIONTHS = 1e6;

/** Columns as the gazetteer has them, of points anywhere; every seventh row is a military ZIP. */
function columnsOf(points: readonly Point[]) {
  return {
    zipLat: Int32Array.from(points, ({ lat }) => Math.round(lat * MILLIONTHS)),
    zipLng: Int32Array.from(points, ({ lng }) => Math.round(lng * MILLIONTHS)),
    zipPlace: Uint16Array.from(points, (_, row) => (row % 7 === 6 ? NONE : row)),
  };
}

/** The same by measuring every row. */
function scan(place: Point, withinMeters: number, { zipLat, zipLng, zipPlace }: ReturnType<typeof columnsOf>) {
  const measured = Array.from(zipLat, (lat, row) => ({
    row,
    meters: distanceMeters(place, { lat: lat / MILLIONTHS, lng: (zipLng[row] ?? 0) / MILLIONTHS }),
  }));
  return measured
    .filter(({ row, meters }) => zipPlace[row] !== NONE && meters <= withinMeters)
    .toSorted((a, b) => a.meters - b.meters || a.row - b.row)[0]?.row;
}

describe('the nearest ZIP', () => {
  const within = fc.oneof(fc.constantFrom(0, 80_467.2, 10_007_000), fc.integer({ min: 1, max: 10_007_000 }));

  test('is that of a scan, from anywhere on the globe, over the date line and the poles', () => {
    fc.assert(
      fc.property(towns, anywhere, within, (points, place, withinMeters) => {
        const columns = columnsOf(points);
        expect(nearestZipRow(place, withinMeters, columns)).toBe(scan(place, withinMeters, columns));
      }),
      { numRuns: 2000 },
    );
  });

  test('counts at the very distance that is asked for, and no farther', () => {
    fc.assert(
      fc.property(anywhere, anywhere, (place, other) => {
        const columns = columnsOf([other]);
        const point = { lat: (columns.zipLat[0] ?? 0) / MILLIONTHS, lng: (columns.zipLng[0] ?? 0) / MILLIONTHS };
        const meters = distanceMeters(place, point);
        fc.pre(meters > 1 && meters < 10_007_000);
        expect(nearestZipRow(place, meters, columns)).toBe(0);
        expect(nearestZipRow(place, meters - 0.01, columns)).toBeUndefined();
      }),
    );
  });

  test('of the gazetteer lies at the very place of each of its ZIPs, and of none that is military', () => {
    const placed = postalRows().filter(({ state }) => state !== '');
    fc.assert(
      fc.property(fc.constantFrom(...placed), ({ zip }) => {
        const entry = gazetteer.findZip(zip);
        if (entry === undefined || entry.military) throw new Error(`${zip} has no place`);
        // Another may lie there too.
        expect(gazetteer.nearestZip(entry.location, 0)?.location).toEqual(entry.location);
      }),
      { numRuns: 300 },
    );
    expect(gazetteer.nearestZip({ lat: 0, lng: 0 }, 100_000)).toBeUndefined();
  });

  test('is refused for a place that is not on the globe', () => {
    expect(() => gazetteer.nearestZip({ lat: Number.NaN, lng: 0 }, 1)).toThrow(RangeError);
    expect(() => gazetteer.nearestZip({ lat: 0, lng: 181 }, 1)).toThrow(RangeError);
  });
});
