export type ArrowKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/** A point of a map, x to the right and y down. */
export type MapPoint = readonly [x: number, y: number];

const DIRECTIONS: Readonly<Record<ArrowKey, MapPoint>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What lies to the side counts as so much farther: an arrow goes on in its direction. */
const SIDE_WEIGHT = 2;

/**
 * The shape that an arrow key leads to: the nearest one whose centre lies within 45 degrees of the key's direction.
 *
 * @param from index of the shape that has the focus
 * @returns its index; `undefined` at the map's rim
 */
export function shapeTowards(key: ArrowKey, from: number, centers: readonly MapPoint[]): number | undefined {
  const start = centers[from];
  if (start === undefined) return undefined;
  const [dx, dy] = DIRECTIONS[key];
  let nearest: { index: number; cost: number } | undefined;
  for (const [index, [x, y]] of centers.entries()) {
    const ahead = (x - start[0]) * dx + (y - start[1]) * dy;
    const aside = Math.abs((x - start[0]) * dy) + Math.abs((y - start[1]) * dx);
    if (index === from || ahead <= 0 || aside > ahead) continue;
    const cost = ahead + SIDE_WEIGHT * aside;
    if (nearest === undefined || cost < nearest.cost) nearest = { index, cost };
  }
  return nearest?.index;
}
