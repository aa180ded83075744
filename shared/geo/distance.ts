import { assertPoint, type Point } from './point.ts';

/**
 * Mean radius R₁ of the Earth, (2a + b) / 3 of GRS80, in metres.
 * H. Moritz, "Geodetic Reference System 1980", Journal of Geodesy 74 (2000), adopted by the IUGG.
 */
export const EARTH_RADIUS_METERS = 6_371_008.7714;

/** The international mile. */
export const METERS_PER_MILE = 1609.344;

/** Degrees of latitude and longitude, edges included. Never crosses the date line: `west` ≤ `east`. */
export interface Box {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

const RADIANS = Math.PI / 180;

/**
 * Great-circle distance in metres on a sphere of the IUGG mean radius; within 0.56 % of the WGS84 ellipsoid.
 *
 * The arc-tangent form (Vincenty's formula for equal axes) rather than the haversine, which loses up to 0.1 m near the
 * antipode: search prunes by comparing these figures, so they must be good to far less than that everywhere.
 *
 * @throws RangeError when a coordinate is not on the globe
 */
export function distanceMeters(a: Point, b: Point): number {
  assertPoint(a);
  assertPoint(b);
  return arcMeters(a.lat * RADIANS, b.lat * RADIANS, wrapDegrees(b.lng - a.lng) * RADIANS);
}

/**
 * The least great-circle distance in metres from a point to a box; 0 inside it.
 *
 * At a fixed latitude distance grows with the difference in longitude, so the closest place lies on the point's own
 * meridian when the box spans it, and else on the box's nearer side. Along that side the cosine of the distance is a
 * sinusoid of latitude with its one crest at `atan2(sin φ, cos φ · cos Δλ)`: the closest latitude, or, when the side
 * does not reach it, the better of both ends (clamping the crest would be wrong beyond 90° of longitude).
 *
 * @throws RangeError when the point is not on the globe
 */
export function distanceToBoxMeters(point: Point, box: Box): number {
  assertPoint(point);
  const lat = point.lat * RADIANS;
  const south = box.south * RADIANS;
  const north = box.north * RADIANS;
  const toWest = wrapDegrees(box.west - point.lng);
  const toEast = wrapDegrees(box.east - point.lng);
  const spansMeridian = (point.lng >= box.west && point.lng <= box.east) || toWest === 0 || toEast === 0;
  if (spansMeridian) return EARTH_RADIUS_METERS * Math.max(0, south - lat, lat - north);

  const toSide = Math.min(Math.abs(toWest), Math.abs(toEast)) * RADIANS;
  const crest = Math.atan2(Math.sin(lat), Math.cos(lat) * Math.cos(toSide));
  if (crest >= south && crest <= north) return arcMeters(lat, crest, toSide);
  return Math.min(arcMeters(lat, south, toSide), arcMeters(lat, north, toSide));
}

/**
 * A distance in metres that no place of the box exceeds; at most the box's own width and height above the true one.
 *
 * @throws RangeError when the point is not on the globe
 */
export function distanceAcrossBoxMeters(point: Point, box: Box): number {
  // From its closest place any other is reached along a meridian, then along the parallel (no longer than the widest).
  const widest =
    box.south <= 0 && box.north >= 0 ? 1 : Math.max(Math.cos(box.south * RADIANS), Math.cos(box.north * RADIANS));
  const across = (box.north - box.south + (box.east - box.west) * widest) * RADIANS;
  return distanceToBoxMeters(point, box) + EARTH_RADIUS_METERS * across;
}

/** Latitudes and the difference in longitude in radians. */
function arcMeters(latA: number, latB: number, lngDifference: number): number {
  const [sinA, cosA, sinB, cosB] = [Math.sin(latA), Math.cos(latA), Math.sin(latB), Math.cos(latB)];
  const cosLng = Math.cos(lngDifference);
  const cross = Math.hypot(cosB * Math.sin(lngDifference), cosA * sinB - sinA * cosB * cosLng);
  return EARTH_RADIUS_METERS * Math.atan2(cross, sinA * sinB + cosA * cosB * cosLng);
}

/** The same angle in [-180, 180], for angles in [-360, 360]. */
function wrapDegrees(degrees: number): number {
  if (degrees > 180) return degrees - 360;
  return degrees < -180 ? degrees + 360 : degrees;
}
