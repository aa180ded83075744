import { EARTH_RADIUS_METERS } from '../../shared/geo/distance.ts';
import type { Point } from '../../shared/geo/point.ts';

const RADIANS = Math.PI / 180;

/**
 * Points all around a place, equally far from it along great circles, the first due north.
 * Formula: the direct problem on a sphere, from the spherical law of cosines (Snyder 1987, eqs. 5-5 and 5-6).
 *
 * @param radiusMeters at most a quarter of the globe
 */
export function circleAround(center: Point, radiusMeters: number, count: number): readonly Point[] {
  const arc = radiusMeters / EARTH_RADIUS_METERS;
  const lat = center.lat * RADIANS;
  return Array.from({ length: count }, (_, step) => {
    const bearing = (step / count) * 2 * Math.PI;
    const toLat = Math.asin(
      Math.min(1, Math.max(-1, Math.sin(lat) * Math.cos(arc) + Math.cos(lat) * Math.sin(arc) * Math.cos(bearing))),
    );
    const east = Math.atan2(
      Math.sin(bearing) * Math.sin(arc) * Math.cos(lat),
      Math.cos(arc) - Math.sin(lat) * Math.sin(toLat),
    );
    return { lat: toLat / RADIANS, lng: ((center.lng + east / RADIANS + 540) % 360) - 180 };
  });
}
