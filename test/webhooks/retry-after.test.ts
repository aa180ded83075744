import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterSeconds } from '../../shared/webhooks/retry-after.ts';

const NOW = Date.UTC(2026, 10, 23, 14, 5, 9);
const DAY = 24 * 3600;

test('a number of seconds is waited for, at most a day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 * DAY }), (seconds) => {
      expect(retryAfterSeconds(String(seconds), NOW)).toBe(Math.min(seconds, DAY));
    }),
  );
  expect(retryAfterSeconds('9'.repeat(400), NOW)).toBe(DAY);
});

test('a date is waited for as long as it is ahead, at most a day', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2 * DAY, max: 2 * DAY }), fc.integer({ min: 0, max: 999 }), (ahead, late) => {
      const header = new Date(NOW + ahead * 1000).toUTCString();
      const expected = ahead <= 0 ? undefined : Math.min(ahead, DAY);
      // Never before the date: a part of a second counts as a whole one.
      expect(retryAfterSeconds(header, NOW + late - 999)).toBe(
        late === 999 ? expected : ahead + 1 <= 0 ? undefined : Math.min(ahead + 1, DAY),
      );
    }),
  );
});

test.each([
  undefined,
  '',
  '0',
  '-5',
  '1.5',
  '1e3',
  '0x10',
  '１２',
  'soon',
  '60, 60',
  '2026-11-23T15:00:00Z',
  'Mon, 23 Nov 2026',
  'Mon, 99 Nov 2026 15:00:00 GMT',
  'Mon, 23 Nov 2026 15:00:00 EST',
  'NaN',
  'Infinity',
])('what asks for nothing is not waited for: %j', (header) => {
  expect(retryAfterSeconds(header, NOW)).toBeUndefined();
});
