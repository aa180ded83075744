import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSchedule } from '../../local/aws/schedule-expression.ts';
import { HostError } from '../../local/host-error.ts';

/** A Monday. */
const AFTER = new Date('2026-11-23T13:07:30Z');
const firings = (expression: string, count: number): (string | undefined)[] => {
  const next = parseSchedule(expression);
  const times: (string | undefined)[] = [];
  for (let after: Date | undefined = AFTER; after !== undefined && times.length < count; ) {
    after = next(after);
    times.push(after?.toISOString().slice(0, 16));
  }
  return times;
};

test.each([
  ['cron(0/15 * * * ? *)', ['2026-11-23T13:15', '2026-11-23T13:30']],
  ['cron(0 18 ? * MON-FRI *)', ['2026-11-23T18:00', '2026-11-24T18:00']],
  ['cron(30 2 ? * 1 *)', ['2026-11-29T02:30', '2026-12-06T02:30']],
  ['cron(0 9 ? * 7 *)', ['2026-11-28T09:00', '2026-12-05T09:00']],
  ['cron(0 9 ? * 2#1 *)', ['2026-12-07T09:00', '2027-01-04T09:00']],
  ['cron(0 10 L * ? *)', ['2026-11-30T10:00', '2026-12-31T10:00']],
  ['cron(5 8 1W * ? *)', ['2026-12-01T08:05', '2027-01-01T08:05']],
  ['cron(10 0/4,3 * * ? *)', ['2026-11-23T16:10', '2026-11-23T20:10']],
  ['cron(0 0 1 1 ? 2028-2030)', ['2028-01-01T00:00', '2029-01-01T00:00']],
  ['rate(1 minute)', ['2026-11-23T13:08', '2026-11-23T13:09']],
  ['rate(2 days)', ['2026-11-25T13:07', '2026-11-27T13:07']],
  ['cron(0 10 1 12 ? 2026)', ['2026-12-01T10:00', undefined]],
])('%s fires when EventBridge would', (expression, expected) => {
  expect(firings(expression, 2)).toEqual(expected);
});

test('fires strictly later and at full minutes, for every step', () => {
  fc.assert(
    fc.property(
      fc.nat(59),
      fc.integer({ min: 1, max: 59 }),
      fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
      (start, step, after) => {
        const next = parseSchedule(`cron(${start}/${step} * * * ? *)`)(after);
        expect(next?.getTime()).toBeGreaterThan(after.getTime());
        const minute = next?.getUTCMinutes() ?? -1;
        expect(minute >= start && (minute - start) % step === 0).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});

test.each([
  '',
  'rate(0 minutes)',
  'rate(5 weeks)',
  'cron(* * * * *)',
  'cron(* * * * * *)',
  'cron(60 * * * ? *)',
  'every day',
  'at(2026-12-01T10:00:00)',
])('refuses %j', (expression) => {
  expect(() => parseSchedule(expression)).toThrow(HostError);
});
