import { describe, expect, test } from 'vitest';
import { backoffSeconds } from '../../shared/outbox/delivery.ts';

describe('the waits between tries', () => {
  const waits: number[] = [];
  for (let wait = backoffSeconds(1); wait !== undefined; wait = backoffSeconds(waits.length + 1)) waits.push(wait);

  test('grow, and end after about three days', () => {
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[0]).toBeLessThanOrEqual(60);
    const days = waits.reduce((sum, wait) => sum + wait, 0) / 86_400;
    expect(days).toBeGreaterThan(2.5);
    expect(days).toBeLessThan(3.5);
  });

  test('do not begin anew after the last', () => {
    for (const more of [1, 2, 100]) expect(backoffSeconds(waits.length + more)).toBeUndefined();
  });

  test('follow a try that was begun', () => {
    for (const attempts of [0, -1, 1.5, Number.NaN]) {
      expect(() => backoffSeconds(attempts)).toThrow(new RangeError(`attempts must be 1 or more, not ${attempts}`));
    }
  });
});
