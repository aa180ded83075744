import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLines, encodeLines, pathOf } from '../../web/map/line-codec.ts';

const point = fc.tuple(fc.integer({ min: -2_000, max: 2_000 }), fc.integer({ min: -2_000, max: 2_000 }));
const lines = fc.array(fc.array(point, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 8 });

test('lines come back as they were, and their text needs no escaping in JSON', () => {
  fc.assert(
    fc.property(lines, (before) => {
      const text = encodeLines(before);
      expect(decodeLines(text)).toEqual(before);
      expect(text).toMatch(/^[!#-}]*$/);
      expect(text).not.toContain('"');
    }),
  );
});

test('a path takes the same steps', () => {
  expect(
    pathOf(
      encodeLines([
        [
          [10, -2],
          [12, 3],
          [1_500, 0],
        ],
        [
          [0, 0],
          [-30, 7],
        ],
      ]),
    ),
  ).toBe('M10,-2l2,5 1488,-3M0,0l-30,7');
});

test('what the grid cannot hold is refused', () => {
  expect(() => encodeLines([[[0.5, 1]]])).toThrow(RangeError);
  expect(() => encodeLines([[[5_000, 1]]])).toThrow('5000');
});
