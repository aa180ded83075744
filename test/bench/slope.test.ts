import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFlat, slopeOf } from '../../bench/soak/slope.ts';

const minutes = Array.from({ length: 60 }, (_, minute) => minute);

describe('the slope of a series', () => {
  test('is that of the line that it lies on, without an error', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), (rise, start) => {
        const { perUnit, error, level } = slopeOf(
          minutes,
          minutes.map((minute) => start + rise * minute),
        );
        expect(perUnit).toBeCloseTo(rise, 9);
        expect(error).toBeCloseTo(0, 9);
        expect(level).toBeCloseTo(start + rise * 59, 6);
      }),
    );
  });

  test('has the error that is in textbooks (Anscombe’s first quartet: 0.5001 ± 0.1179)', () => {
    const x = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
    const y = [4.26, 5.68, 7.24, 4.82, 6.95, 8.81, 8.04, 8.33, 10.84, 7.58, 9.96];
    const { perUnit, error } = slopeOf(x, y);
    expect(perUnit).toBeCloseTo(0.5001, 4);
    expect(error).toBeCloseTo(0.1179, 4);
  });

  test('is none of two values', () => {
    expect(() => slopeOf([1, 2], [1, 2])).toThrow(RangeError);
  });
});

test('a leak is seen through noise, and noise is no leak', () => {
  // Saws of garbage: 100 MB ± 5 MB.
  const noise = (minute: number): number => 100 + ((minute * 7) % 11) - 5;
  expect(isFlat(slopeOf(minutes, minutes.map(noise)), 60, 0.1)).toBe(true);
  const leaking = minutes.map((minute) => noise(minute) + minute);
  expect(isFlat(slopeOf(minutes, leaking), 60, 0.1)).toBe(false);
});
