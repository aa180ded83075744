import type { Point } from '../../shared/geo/point.ts';

export const METERS_PER_MILE = 1_609.344;

/** One way of searching, over stores that it has in a table of its own. */
export interface Contender {
  readonly name: string;
  /** Ids of the stores within a radius, in any order. */
  within(origin: Point, radiusMeters: number): Promise<readonly string[]>;
  /** Ids of the nearest stores. */
  nearest(origin: Point, limit: number): Promise<readonly string[]>;
}

/** The largest distance there is, and a little. */
const HALF_THE_GLOBE_METERS = 20_100_000;

/**
 * The nearest by rings, for those who only search within a radius: 25 miles and always twice as far, until the circle
 * holds enough or the globe ends. `within` gives the answer ascending by distance.
 */
export async function nearestByRings(
  limit: number,
  within: (radiusMeters: number) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  for (let radiusMeters = 25 * METERS_PER_MILE; ; radiusMeters *= 2) {
    const ids = await within(Math.min(radiusMeters, HALF_THE_GLOBE_METERS));
    if (ids.length >= limit || radiusMeters >= HALF_THE_GLOBE_METERS) return ids.slice(0, limit);
  }
}
