import type { Count } from './counts.ts';

/** Colours of the scale above none at all. */
export const MOST_STEPS = 6;

/** A colour's counts, both inclusive; the last one has no end. */
export interface ColorStep {
  readonly from: number;
  readonly to: number | undefined;
}

/**
 * Divides counts into at most six steps of about as many places each, with ends that are easy to read (1, 2, 5, 10, 20, …).
 * Counts of people pile up in a few places: equal widths would paint nearly all of the map in one colour.
 */
export function colorSteps(counts: Iterable<Count>): ColorStep[] {
  const positive = [...counts]
    .filter((count): count is number => count !== null && count > 0)
    .toSorted((a, b) => a - b);
  const starts = new Set([1]);
  for (let step = 1; step < MOST_STEPS; step += 1) {
    const quantile = positive[Math.floor((positive.length * step) / MOST_STEPS)];
    if (quantile !== undefined) starts.add(readable(quantile));
  }
  const largest = positive.at(-1) ?? 0;
  const ordered = [...starts].filter((start) => start === 1 || start <= largest).toSorted((a, b) => a - b);
  return ordered.map((from, index) => {
    const next = ordered[index + 1];
    return { from, to: next === undefined ? undefined : next - 1 };
  });
}

/** The step of a count, from 1; 0 for none. `undefined` when the count is not told. */
export function stepOf(count: Count | undefined, steps: readonly ColorStep[]): number | undefined {
  if (count === null) return undefined;
  if (count === undefined || count <= 0) return 0;
  return steps.findLastIndex(({ from }) => count >= from) + 1;
}

/**
 * The colour of a step, spread over the scale's six: the last step always has the strongest.
 * @returns 0 for no count, 1 to 6 otherwise
 */
export function colorOf(step: number, steps: readonly ColorStep[]): number {
  return step === 0
    ? 0
    : Math.round(MOST_STEPS - ((steps.length - step) * (MOST_STEPS - 1)) / Math.max(1, steps.length - 1));
}

/** The largest of 1, 2, 5 and 10 times a power of ten that is not above a count of at least 1. */
function readable(count: number): number {
  const power = 10 ** Math.floor(Math.log10(count));
  const factor = [5, 2, 1].find((each) => each * power <= count) ?? 1;
  return factor * power;
}
