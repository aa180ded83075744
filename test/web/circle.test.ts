import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceMeters } from '../../shared/geo/distance.ts';
import { circleAround } from '../../web/map/circle.ts';

test('every point of a circle lies as far from its middle as the search measures', () => {
  const center = fc.record({
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
    lng: fc.double({ min: -180, max: 180, noNaN: true }),
  });
  fc.assert(
    fc.property(center, fc.double({ min: 1_000, max: 900_000, noNaN: true }), (point, radiusMeters) => {
      for (const rim of circleAround(point, radiusMeters, 12)) {
        expect(Math.abs(distanceMeters(point, rim) - radiusMeters)).toBeLessThan(0.5);
      }
    }),
  );
});
