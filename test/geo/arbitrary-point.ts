import fc from 'fast-check';
import type { Point } from '../../shared/geo/point.ts';

/** Degrees in steps of 2^-16, so that edges, ties and repeated points come up. */
const degrees = (limit: number) =>
  fc.integer({ min: -limit * 65_536, max: limit * 65_536 }).map((steps) => steps / 65_536 || 0);

/** Anywhere on the globe, with a liking for the places where searches go wrong. */
export const anywhere: fc.Arbitrary<Point> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ lat: degrees(90), lng: degrees(180) }) },
  { weight: 1, arbitrary: fc.record({ lat: fc.constantFrom(-90, 90, -89.9999, 89.9999), lng: degrees(180) }) },
  { weight: 1, arbitrary: fc.record({ lat: degrees(90), lng: fc.constantFrom(-180, 180, -179.9999, 179.9999) }) },
  { weight: 1, arbitrary: fc.record({ lat: fc.constantFrom(0, 45), lng: fc.constantFrom(0, 90, -90) }) },
);

/** Where stores are: mostly in towns of a few, some in the very same spot. */
export const towns: fc.Arbitrary<Point[]> = fc
  .array(
    fc.record({
      center: anywhere,
      around: fc.array(fc.record({ lat: degrees(1), lng: degrees(1) }), { maxLength: 12 }),
      copies: fc.integer({ min: 1, max: 8 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((clusters) =>
    clusters.flatMap(({ center, around, copies }) => [
      ...Array.from({ length: copies }, () => center),
      ...around.map(({ lat, lng }) => ({
        lat: Math.max(-90, Math.min(90, center.lat + lat)),
        lng: Math.max(-180, Math.min(180, center.lng + lng)),
      })),
    ]),
  );

/** Metres: nothing, a town, a country, half the globe (20,015 km) and more. */
export const anyRadius: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 20_015_114, Number.POSITIVE_INFINITY),
  fc.integer({ min: 1, max: 100_000 }),
  fc.integer({ min: 100_000, max: 25_000_000 }),
);
