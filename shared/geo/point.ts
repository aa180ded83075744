/** A place on the globe, in decimal degrees of WGS84: `lat` in [-90, 90], `lng` in [-180, 180]. */
export interface Point {
  readonly lat: number;
  readonly lng: number;
}

/** @throws RangeError when a coordinate is not a number of degrees on the globe */
export function assertPoint({ lat, lng }: Point): void {
  // Written so that NaN fails too.
  if (!(lat >= -90 && lat <= 90)) throw new RangeError(`latitude ${lat} lies outside [-90, 90]`);
  if (!(lng >= -180 && lng <= 180)) throw new RangeError(`longitude ${lng} lies outside [-180, 180]`);
}
