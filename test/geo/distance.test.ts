import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Box,
  distanceAcrossBoxMeters,
  distanceMeters,
  distanceToBoxMeters,
  EARTH_RADIUS_METERS,
} from '../../shared/geo/distance.ts';
import type { Point } from '../../shared/geo/point.ts';
import { anywhere } from './arbitrary-point.ts';

const anyBox: fc.Arbitrary<Box> = fc.tuple(anywhere, anywhere).map(([a, b]) => ({
  south: Math.min(a.lat, b.lat),
  north: Math.max(a.lat, b.lat),
  west: Math.min(a.lng, b.lng),
  east: Math.max(a.lng, b.lng),
}));

/** A box's points in a grid of (n + 1)², edges and corners included. */
function gridOf(box: Box, n: number): Point[] {
  return Array.from({ length: (n + 1) ** 2 }, (_, at) => ({
    lat: Math.min(box.north, box.south + ((box.north - box.south) * (at % (n + 1))) / n),
    lng: Math.min(box.east, box.west + ((box.east - box.west) * Math.floor(at / (n + 1))) / n),
  }));
}

describe('distance', () => {
  // Geodesics on the ellipsoid: Vincenty's 1975 test line; Land's End to John o' Groats by his formula; the rest as
  // GeographicLib's documentation gives them.
  test.each([
    ['Flinders Peak to Buninyong', [-37.95103341667, 144.42486788889], [-37.65282113889, 143.92649552778], 54_972.271],
    ["Land's End to John o' Groats", [50.06632, -5.71475], [58.64402, -3.07009], 969_954.166],
    ['Berkeley to Port Moresby', [37.87622, -122.23558], [-9.4047, 147.1597], 10_700_471.955],
    ['Wellington to Salamanca', [-41.32, 174.81], [40.96, -5.5], 19_959_679.267],
  ] as const)('%s is within 0.56 %% of the geodesic', (_, [latA, lngA], [latB, lngB], geodesicMeters) => {
    const meters = distanceMeters({ lat: latA, lng: lngA }, { lat: latB, lng: lngB });
    expect(Math.abs(meters / geodesicMeters - 1)).toBeLessThan(0.0056);
  });

  test('a quarter of the equator, a meridian and half the globe are arcs of the mean radius', () => {
    const quarter = (EARTH_RADIUS_METERS * Math.PI) / 2;
    expect(distanceMeters({ lat: 0, lng: 135 }, { lat: 0, lng: -135 })).toBeCloseTo(quarter, 6);
    expect(distanceMeters({ lat: 0, lng: 7 }, { lat: -90, lng: -60 })).toBeCloseTo(quarter, 6);
    expect(distanceMeters({ lat: 30, lng: 40 }, { lat: -30, lng: -140 })).toBeCloseTo(2 * quarter, 6);
  });

  test('is the same both ways, the same on either name of the date line, and never beyond half the globe', () => {
    fc.assert(
      fc.property(anywhere, anywhere, (a, b) => {
        expect(distanceMeters(a, b)).toBeCloseTo(distanceMeters(b, a), 6);
        expect(distanceMeters(a, { ...b, lng: 180 })).toBeCloseTo(distanceMeters(a, { ...b, lng: -180 }), 6);
        expect(distanceMeters(a, b)).toBeLessThanOrEqual(EARTH_RADIUS_METERS * Math.PI);
      }),
    );
  });

  test('a place that is not on the globe is refused by its value', () => {
    expect(() => distanceMeters({ lat: 90.5, lng: 0 }, { lat: 0, lng: 0 })).toThrow('latitude 90.5');
    expect(() => distanceMeters({ lat: 0, lng: 0 }, { lat: 0, lng: -181 })).toThrow('longitude -181');
    expect(() => distanceMeters({ lat: Number.NaN, lng: 0 }, { lat: 0, lng: 0 })).toThrow('latitude NaN');
  });
});

describe('distance to a box', () => {
  test('no place in the box is nearer, and some place is as near', () => {
    fc.assert(
      fc.property(anywhere, anyBox, (point, box) => {
        const n = 24;
        const sampled = Math.min(...gridOf(box, n).map((place) => distanceMeters(point, place)));
        const least = distanceToBoxMeters(point, box);
        const spacing =
          ((Math.max(box.north - box.south, box.east - box.west) * Math.PI) / 180 / n) * EARTH_RADIUS_METERS;
        expect(least).toBeLessThanOrEqual(sampled + 1e-6);
        expect(least).toBeGreaterThanOrEqual(sampled - spacing - 1e-6);
      }),
      { numRuns: 300 },
    );
  });

  test('beyond 90° of longitude the nearest place may be the end of a side that is farther in latitude', () => {
    // The way leads over the South Pole, so the box's far southern corner is nearer than its northern one.
    const point = { lat: 5, lng: -80 };
    const box = { south: -80, west: 100, north: 10, east: 110 };
    expect(distanceToBoxMeters(point, box)).toBeCloseTo(distanceMeters(point, { lat: -80, lng: 110 }), 6);
  });

  test('no place in the box is farther than the distance across it', () => {
    fc.assert(
      fc.property(anywhere, anyBox, (point, box) => {
        const farthest = Math.max(...gridOf(box, 12).map((place) => distanceMeters(point, place)));
        expect(distanceAcrossBoxMeters(point, box)).toBeGreaterThanOrEqual(farthest - 1e-6);
      }),
      { numRuns: 300 },
    );
  });
});
