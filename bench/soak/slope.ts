/** A line through a series, by least squares. */
export interface Slope {
  /** Of a value, in a unit of time. */
  readonly perUnit: number;
  /** Standard error of that. */
  readonly error: number;
  /** The line's value at the end. */
  readonly level: number;
}

/**
 * How a series rises or falls.
 * @param times in any unit, ascending
 * @throws RangeError for fewer than three values
 */
export function slopeOf(times: readonly number[], values: readonly number[]): Slope {
  const count = times.length;
  if (count < 3 || values.length !== count) throw new RangeError(`a slope needs 3 values or more, not ${count}`);
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / count;
  const [meanTime, meanValue] = [mean(times), mean(values)];
  const spread = times.reduce((sum, time) => sum + (time - meanTime) ** 2, 0);
  const perUnit =
    times.reduce((sum, time, at) => sum + (time - meanTime) * ((values[at] ?? 0) - meanValue), 0) / spread;
  const residual = times.reduce((sum, time, at) => {
    const off = (values[at] ?? 0) - meanValue - perUnit * (time - meanTime);
    return sum + off * off;
  }, 0);
  const error = Math.sqrt(residual / (count - 2) / spread);
  return { perUnit, error, level: meanValue + perUnit * ((times.at(-1) ?? 0) - meanTime) };
}

/**
 * Whether a series is as good as flat: what it surely rises by (two standard errors below the slope) in an hour is less than a
 * share of its level.
 * @param perHour of the slope's unit of time in an hour
 */
export function isFlat({ perUnit, error, level }: Slope, perHour: number, share: number): boolean {
  return (perUnit - 2 * error) * perHour <= level * share;
}
