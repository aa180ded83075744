/** How far two samples lie apart. */
export interface Distance {
  /** Chance that a value of the second exceeds one of the first; 0.5 tells nothing. Mann and Whitney's U by its most. */
  readonly exceeds: number;
  /** Two-sided, by the normal approximation. */
  readonly mannWhitneyP: number;
  /** Kolmogorov and Smirnov's greatest distance between the distributions. */
  readonly ks: number;
  /** Asymptotic. */
  readonly ksP: number;
  /** Values of the second that an observer who knows the first well has to see. */
  readonly samplesToTell: number;
}

export function distanceOf(first: readonly number[], second: readonly number[]): Distance {
  const [a, b] = [first.toSorted(ascending), second.toSorted(ascending)];
  let wins = 0;
  let ks = 0;
  for (const value of b) wins += below(a, value) + (upTo(a, value) - below(a, value)) / 2;
  for (const value of [...a, ...b]) ks = Math.max(ks, Math.abs(upTo(a, value) / a.length - upTo(b, value) / b.length));
  const exceeds = wins / (a.length * b.length);
  const z = (exceeds - 0.5) / Math.sqrt((a.length + b.length + 1) / (12 * a.length * b.length));
  return {
    exceeds,
    mannWhitneyP: 2 * normalTail(Math.abs(z)),
    ks,
    ksP: kolmogorovTail(ks * Math.sqrt((a.length * b.length) / (a.length + b.length))),
    samplesToTell: samplesToTell(exceeds),
  };
}

/** The normal quantile of 0.95. */
const SURE = 1.645;

/**
 * The rank of a value among a well-known sample has a variance of 1/12: so many values are needed until a shift of the mean rank
 * is seen 95 times of 100 by a test that is wrong 5 times of 100.
 */
function samplesToTell(exceeds: number): number {
  return Math.ceil((2 * SURE) ** 2 / 12 / (exceeds - 0.5) ** 2);
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** How many are less. */
function below(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many are less or equal. */
function upTo(sorted: readonly number[], value: number): number {
  let count = below(sorted, value);
  while (sorted[count] === value) count++;
  return count;
}

/** Chance that a normal value exceeds z, 0 or more (Abramowitz and Stegun, 26.2.17; error below 7.5e-8). */
function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

/** Kolmogorov's distribution. */
function kolmogorovTail(lambda: number): number {
  if (lambda < 0.3) return 1;
  let sum = 0;
  for (let k = 1; k <= 50; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return Math.min(1, Math.max(0, sum));
}
