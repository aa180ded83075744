import type { Dealer } from '../../shared/dealers/dealer.ts';
import { distanceMeters } from '../../shared/geo/distance.ts';
import type { Point } from '../../shared/geo/point.ts';

export interface Measured {
  readonly id: string;
  readonly distanceMeters: number;
}

/** Stores by their distance from the origin, then by id: all within a radius, or all there are when these are too few. */
export function byDistance(
  origin: Point,
  stores: readonly Pick<Dealer, 'id' | 'location'>[],
  { atLeast, withinMeters }: { readonly atLeast: number; readonly withinMeters: number },
): readonly Measured[] {
  const all = stores.map(({ id, location }) => ({ id, distanceMeters: distanceMeters(origin, location) }));
  const near = all.filter((store) => store.distanceMeters <= withinMeters);
  return (near.length >= atLeast ? near : all).sort(
    (a, b) => a.distanceMeters - b.distanceMeters || (a.id < b.id ? -1 : 1),
  );
}

export interface Faults {
  /** Stores that belong to the answer and are not in it. */
  readonly missing: number;
  /** Stores that are in the answer and do not belong, or are in it again. */
  readonly extra: number;
}

export function faultsOf(answer: readonly string[], expected: readonly string[]): Faults {
  const given = new Set(answer);
  const right = expected.filter((id) => given.has(id)).length;
  return { missing: expected.length - right, extra: answer.length - right };
}
