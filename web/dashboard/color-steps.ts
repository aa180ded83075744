import type { Count } from './counts.ts';

/** Colours of the scale above none at all. */
export const MOST_STEPS = 6;

/** A colour's counts, both inclusive; the last one has no end. */
export interface ColorStep {
  readonly from: number;
  readonly to: number | undefined;
}

/**
 * Divides counts into at most six steps that begin at 1 and at the highest numbers of the series 1, 2, 5, 10, 20, 50, …
 * Counts of people pile up in a few places: equal widths would paint nearly all of the map in one colour, and equal
 * shares of the places would paint the few like the many.
 */
export function colorSteps(counts: Iterable<Count>): ColorStep[] {
  const largest = Math.max(1, ...[...counts].map((count) => count ?? 0));
  const series: number[] = [];
  for (let power = 1; power <= largest; power *= 10) {
    series.push(...[power, 2 * power, 5 * power].filter((start) => start <= largest));
  }
  const starts = [1, ...series.slice(1).slice(1 - MOST_STEPS)];
  return starts.map((from, index) => {
    const next = starts[index + 1];
    return { from, to: next === undefined ? undefined : next - 1 };
  });
}

/** The step of a count, from 1; 0 for none. `undefined` when the count is not told. */
export function stepOf(count: Count, steps: readonly ColorStep[]): number | undefined {
  if (count === null) return undefined;
  return count <= 0 ? 0 : steps.findLastIndex(({ from }) => count >= from) + 1;
}

/**
 * The colour of a step, spread over the scale's six: the last step always has the strongest.
 * @returns 0 for no count, 1 to 6 otherwise
 */
export function colorOf(step: number, steps: readonly ColorStep[]): number {
  if (step === 0) return 0;
  return Math.round(MOST_STEPS - ((steps.length - step) * (MOST_STEPS - 1)) / Math.max(1, steps.length - 1));
}
