import { distanceMeters, EARTH_RADIUS_METERS } from '../geo/distance.ts';
import { assertPoint, type Point } from '../geo/point.ts';
import { type Columns, NONE } from './columns.ts';

const DEGREES = 180 / Math.PI;

/**
 * Row of the ZIP whose point is nearest to a place, of two as near the one of the lower number; military ones have no point.
 * Reads the whole column, most of it only to see that the latitude is too far off: no index to build at a cold start.
 *
 * @param withinMeters from 0 to a quarter of the globe's circumference; a ZIP at that very distance counts
 * @returns `undefined` when there is none within that distance
 * @throws RangeError when the place is not on the globe
 */
export function nearestZipRow(
  place: Point,
  withinMeters: number,
  { zipLat, zipLng, zipPlace }: Pick<Columns, 'zipLat' | 'zipLng' | 'zipPlace'>,
): number | undefined {
  assertPoint(place);
  let best: { readonly row: number; readonly meters: number } | undefined;
  let box = boxAround(place, withinMeters);
  for (let row = 0; row < zipLat.length; row += 1) {
    const lat = (zipLat[row] ?? Number.NaN) / 1e6;
    if (!(lat >= box.south && lat <= box.north)) continue;
    const lng = (zipLng[row] ?? Number.NaN) / 1e6;
    const turn = Math.abs(lng - place.lng);
    if (Math.min(turn, 360 - turn) > box.halfWidth || zipPlace[row] === NONE) continue;
    const meters = distanceMeters(place, { lat, lng });
    if (best === undefined ? meters > withinMeters : meters >= best.meters) continue;
    best = { row, meters };
    box = boxAround(place, meters);
  }
  return best?.row;
}

/** Degrees of latitude, and of longitude to either side, that no place within the radius lies outside of. */
function boxAround({ lat }: Point, radiusMeters: number) {
  // A little more than it takes: what rounding could leave out is measured instead.
  const arc = radiusMeters / EARTH_RADIUS_METERS + 1e-9;
  // The meridians that touch the circle; when a pole lies in it, it meets all of them.
  const touching = Math.sin(arc) / Math.cos(lat / DEGREES);
  const halfWidth = touching >= 1 ? 180 : Math.asin(touching) * DEGREES;
  return { south: lat - arc * DEGREES, north: lat + arc * DEGREES, halfWidth };
}
