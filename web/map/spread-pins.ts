import type { FrameSize, Pixel } from './viewport.ts';

/** Rings around a pin's own place, each with places as far apart as pins must be. */
const RINGS = 12;

/**
 * Where pins are drawn so that none covers another: each at its own place while that is free, else at the nearest free
 * place around it. Earlier pins go first, and a pin whose place lies in the frame stays in it.
 *
 * @param apart the least distance of two pins' middles, in pixels
 * @param edge how far a middle stays from the frame's edge, in pixels
 */
export function spreadPins(
  places: readonly Pixel[],
  apart: number,
  frame: FrameSize,
  edge: number = apart / 2,
): readonly Pixel[] {
  const spread: Pixel[] = [];
  const inside = ({ x, y }: Pixel, by: number) => x >= by && y >= by && x <= frame.width - by && y <= frame.height - by;
  for (const place of places) {
    const candidates = [place, ...placesAround(place, apart)];
    const isFree = (at: Pixel) => spread.every((other) => Math.hypot(at.x - other.x, at.y - other.y) >= apart - 1e-6);
    const mayLeave = !inside(place, 0);
    const found =
      candidates.find((at) => isFree(at) && (mayLeave || inside(at, edge))) ?? candidates.find(isFree) ?? place;
    spread.push(found);
  }
  return spread;
}

function* placesAround(middle: Pixel, apart: number): Generator<Pixel> {
  for (let ring = 1; ring <= RINGS; ring += 1) {
    const count = ring * 6;
    for (let step = 0; step < count; step += 1) {
      // From the top on, to the right and to the left by turns.
      const turn = (step % 2 === 0 ? -1 : 1) * Math.ceil(step / 2);
      const angle = (turn / count) * 2 * Math.PI - Math.PI / 2;
      yield { x: middle.x + Math.cos(angle) * apart * ring, y: middle.y + Math.sin(angle) * apart * ring };
    }
  }
}
