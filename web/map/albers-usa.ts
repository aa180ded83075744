import type { Point } from '../../shared/geo/point.ts';

/** A place on the flat map: `x` to the right and `y` down, in units of a drawing 975 wide and 610 high. */
export interface MapPoint {
  readonly x: number;
  readonly y: number;
  /** The picture it lies in: Alaska and Hawaii have frames of their own below the other states. */
  readonly part: MapPart;
}

export type MapPart = 'states' | 'alaska' | 'hawaii';

/** The drawing's size, and that of the shapes that come projected from us-atlas. */
export const MAP_WIDTH = 975;
export const MAP_HEIGHT = 610;

/** The states are drawn so large: one unit is the Earth's radius divided by this, about 4.9 km. */
export const MAP_SCALE = 1300;

const RADIANS = Math.PI / 180;

/**
 * A conic equal-area projection (Albers 1805; J. P. Snyder, "Map Projections: A Working Manual", USGS PP 1395, 1987,
 * pp. 98–103) on a sphere of radius 1, as seen from its centre: `x` to the east and `y` to the north of it.
 */
function conicEqualArea(options: {
  /** Degrees of latitude along which lengths are true. */
  readonly parallels: readonly [number, number];
  /** Degrees of longitude of the straight meridian. */
  readonly meridian: number;
  /** Degrees of longitude from that meridian, and of latitude. */
  readonly center: readonly [number, number];
}): (point: Point) => readonly [x: number, y: number] {
  const { parallels, meridian, center } = options;
  const sine = Math.sin(parallels[0] * RADIANS);
  const n = (sine + Math.sin(parallels[1] * RADIANS)) / 2;
  const c = 1 + sine * (2 * n - sine);
  const raw = (eastDegrees: number, lat: number): readonly [number, number] => {
    const r = Math.sqrt(c - 2 * n * Math.sin(lat * RADIANS)) / n;
    const angle = eastDegrees * RADIANS * n;
    return [r * Math.sin(angle), -r * Math.cos(angle)];
  };
  const [x0, y0] = raw(...center);
  return ({ lat, lng }) => {
    const east = ((((lng - meridian) % 360) + 540) % 360) - 180;
    const [x, y] = raw(east, lat);
    return [x - x0, y - y0];
  };
}

/**
 * The three pictures by d3-geo's constants (`geoAlbersUsa`): how each projects, how much smaller than the states it is
 * drawn, where its centre lies and how far it reaches, both in parts of MAP_SCALE from the centre of the drawing.
 */
const PARTS: readonly {
  readonly part: MapPart;
  readonly project: ReturnType<typeof conicEqualArea>;
  readonly shrink: number;
  readonly at: readonly [number, number];
  readonly reach: readonly [west: number, north: number, east: number, south: number];
}[] = [
  {
    part: 'states',
    project: conicEqualArea({ parallels: [29.5, 45.5], meridian: -96, center: [-0.6, 38.7] }),
    shrink: 1,
    at: [0, 0],
    reach: [-0.455, -0.238, 0.455, 0.238],
  },
  {
    part: 'alaska',
    project: conicEqualArea({ parallels: [55, 65], meridian: -154, center: [-2, 58.5] }),
    shrink: 0.35,
    at: [-0.307, 0.201],
    reach: [-0.425, 0.12, -0.214, 0.234],
  },
  {
    part: 'hawaii',
    project: conicEqualArea({ parallels: [8, 18], meridian: -157, center: [-3, 19.9] }),
    shrink: 1,
    at: [-0.205, 0.212],
    reach: [-0.214, 0.166, -0.115, 0.234],
  },
];

/**
 * Where a place lies on the map of the 50 states: d3's Albers USA composite at the scale of us-atlas.
 *
 * @returns `undefined` for a place that the map does not show: Puerto Rico, Guam, other countries far from the border
 */
export function albersUsa(point: Point): MapPoint | undefined {
  for (const { part, project, shrink, at, reach } of PARTS) {
    const [east, north] = project(point);
    const x = at[0] + east * shrink;
    const y = at[1] - north * shrink;
    if (x < reach[0] || y < reach[1] || x > reach[2] || y > reach[3]) continue;
    return { x: MAP_WIDTH / 2 + x * MAP_SCALE, y: MAP_HEIGHT / 2 + y * MAP_SCALE, part };
  }
  return undefined;
}
