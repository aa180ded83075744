import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mailTurns } from '../../shared/outbox/mail-turns.ts';
import { makeLocatorTables } from '../support/locator-tables.ts';
import { countingLimits } from './counting-limits.ts';
import { FakeClock } from './fake-clock.ts';

const START = Date.UTC(2026, 10, 23, 14, 5, 9, 120);

function bySecond(times: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const time of times) counts.set(Math.floor(time / 1000), (counts.get(Math.floor(time / 1000)) ?? 0) + 1);
  return [...counts.values()];
}

test('however many send from however many machines, no second has more than its turns, and nobody is left out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      async (most, senders, chances) => {
        const clock = new FakeClock(START);
        const limits = countingLimits();
        const times: number[] = [];
        const work = senders.map((count) => {
          const take = mailTurns({ ...clock, most, limits, chance: () => chances.next().value ?? 0 });
          const one = async () => {
            if ((await take(Number.POSITIVE_INFINITY)) === undefined) throw new Error('must get a turn');
            times.push(clock.now);
          };
          return Promise.all(Array.from({ length: count }, one));
        });
        await clock.run(Promise.all(work));
        const total = senders.reduce((sum, count) => sum + count, 0);
        expect(times).toHaveLength(total);
        for (const count of bySecond(times)) expect(count).toBeLessThanOrEqual(most);
        // Nor is a turn wasted while somebody waits.
        expect(bySecond(times).length).toBe(Math.ceil(total / most));
      },
    ),
  );
});

test('a turn that is given back serves another in its second, and in no other', async () => {
  const clock = new FakeClock(START);
  const limits = countingLimits();
  const take = mailTurns({ ...clock, most: 2, limits, chance: () => 0 });
  const soon = () => take(clock.now + 1);
  const first = await soon();
  expect(await soon()).toBeDefined();
  expect(await soon()).toBeUndefined();
  first?.giveBack();
  expect(await soon()).toBeDefined();
  expect(await soon()).toBeUndefined();
  clock.now += 1_000;
  const late = await soon();
  clock.now += 1_000;
  late?.giveBack();
  const turns = [await soon(), await soon(), await soon()];
  expect(turns.filter((turn) => turn !== undefined)).toHaveLength(2);
});

test('one that comes too late is not waited for', async () => {
  const clock = new FakeClock(START);
  const take = mailTurns({ ...clock, most: 1, limits: countingLimits(), chance: () => 0 });
  expect(await take(START)).toBeUndefined();
  expect(await take(START + 1)).toBeDefined();
  expect(await take(START + 880)).toBeUndefined();
  expect(clock.now).toBe(START);
  expect(await clock.run(take(START + 881))).toBeDefined();
  expect(clock.now).toBe(START + 880);
});

test('a full second is asked for once, not by everyone who waits', async () => {
  const clock = new FakeClock(START);
  const limits = countingLimits();
  const take = mailTurns({ ...clock, most: 1, limits, chance: () => 0 });
  for (let count = 0; count < 50; count += 1) await take(START + 1);
  expect(limits.asked).toBe(2);
});

describe('in the table', () => {
  test('forty who ask at once through two desks get fourteen turns', async () => {
    const { limits } = await makeLocatorTables();
    const desks = [0, 1].map(() => mailTurns({ ...new FakeClock(START), most: 14, limits, chance: () => 0 }));
    const turns = await Promise.all(desks.flatMap((take) => Array.from({ length: 20 }, () => take(START + 1))));
    expect(turns.filter((turn) => turn !== undefined)).toHaveLength(14);
  });
});

test.each([0, -1, 1.5, Number.NaN])('%f is no rate', (most) => {
  expect(() => mailTurns({ ...new FakeClock(START), most, limits: countingLimits(), chance: () => 0 })).toThrow(
    RangeError,
  );
});
