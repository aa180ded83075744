import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countInterests } from '../../shared/counts/count-interests.ts';
import type { Fact } from '../../shared/counts/fact.ts';
import { countFacts, dimensionsToCount } from '../../shared/counts/grouping.ts';
import { CLOSING_MS } from '../../shared/counts/head.ts';
import { hourAt } from '../../shared/counts/period.ts';
import { rollUp } from '../../shared/counts/roll-up.ts';
import { viewFor } from '../../shared/counts/views.ts';
import { anyFact } from './arbitrary-fact.ts';
import { anyQuestion, censusOf, countingDesk, within } from './counting-desk.ts';

const anyFacts = fc.array(anyFact, { minLength: 5, maxLength: 40, size: 'max' });
const fewFacts = fc.array(anyFact, { minLength: 5, maxLength: 10 });
const anyMoments = fc.array(
  fc.integer({ min: Date.parse('2026-12-20T00:00Z'), max: Date.parse('2027-03-08T00:00Z') }),
  { maxLength: 3 },
);
const questions = fc.array(anyQuestion, { minLength: 12, maxLength: 12 });

/** Facts come in order of time, and now and then what has closed by then is rolled up. */
async function deskAfter(facts: readonly Fact[], moments: readonly number[]) {
  const desk = countingDesk();
  const left = facts.toSorted((a, b) => (a.hour < b.hour ? -1 : 1));
  for (const moment of moments.toSorted((a, b) => a - b)) {
    const come = left.filter(({ hour }) => hour <= hourAt(moment));
    await desk.write(left.splice(0, come.length));
    desk.now = moment;
    await rollUp(desk);
  }
  await desk.write(left);
  return desk;
}

describe('a count', () => {
  test('is that of all facts, whatever is rolled up', async () => {
    let rolledUp = 0;
    await fc.assert(
      fc.asyncProperty(anyFacts, anyMoments, questions, async (facts, moments, asked) => {
        const desk = await deskAfter(facts, moments);
        if ((await desk.rollups.readHead()) !== undefined) rolledUp += 1;
        for (const question of asked) {
          const { by, filters } = question;
          expect(await countInterests(question, desk)).toEqual(
            countFacts(within(facts, question), by, filters, censusOf),
          );
        }
      }),
      { numRuns: 25 },
    );
    expect(rolledUp).toBeGreaterThan(5);
  });

  test('of closed months reads no fact, and of closed days none but the open hours’', async () => {
    const [sample] = fc.sample(anyFact, 1);
    if (sample === undefined) throw new Error('must be one');
    const facts = ['2027-01-03T05', '2027-01-31T23', '2027-02-01T00', '2027-02-03T10', '2027-02-03T11'].map(
      (hour, at): Fact => ({ ...sample, id: `0000000${at}-0000-4000-8000-000000000000`, hour, event: 'confirmed' }),
    );
    const desk = await deskAfter(facts, [Date.parse('2027-02-03T11:20Z')]);
    const read: unknown[] = [];
    const watched = {
      ...desk,
      facts: {
        readFacts: (...about: Parameters<typeof desk.facts.readFacts>) => {
          read.push(about[0]);
          return desk.facts.readFacts(...about);
        },
      },
      rollups: {
        readHead: desk.rollups.readHead,
        read: (...about: Parameters<typeof desk.rollups.read>) => {
          read.push(about[1]);
          return desk.rollups.read(...about);
        },
      },
    };
    const counted = await countInterests({ by: [], filters: {} }, watched);
    expect(counted.total.confirmed).toBe(5);
    expect(read).toEqual([
      { from: '2027-02-03T11', until: undefined },
      { level: 'month', periods: ['2027-01'] },
      { level: 'day', periods: ['2027-02-01'] },
      { level: 'hour', periods: ['2027-02-03T10'] },
    ]);
  });

  test('fails when anything that it reads is missing, and is never short', async () => {
    let noticed = 0;
    await fc.assert(
      fc.asyncProperty(fewFacts, anyQuestion, fc.nat(), async (facts, question, pick) => {
        const desk = await deskAfter(facts, [Date.parse('2027-02-10T12:30Z')]);
        const truth = await countInterests(question, desk);
        const dimensions = dimensionsToCount(question.by, question.filters);
        const names = [viewFor(dimensions)?.name, ...[...dimensions, 'counts'].map((column) => `cube.${column}`)];
        const keys = [...desk.items.keys()].filter(
          (key) => key.startsWith('generation-') && names.some((name) => key.includes(`#${name}\n`)),
        );
        desk.items.delete(keys[pick % keys.length] ?? '');
        const counted = await countInterests(question, desk).catch((error: unknown) => error);
        // Of another level or outside of the days asked for, it makes no difference.
        if (counted instanceof Error) {
          expect(counted.name).toBe('RollupMissing');
          noticed += 1;
        } else {
          expect(counted).toEqual(truth);
        }
      }),
      { numRuns: 50, seed: 1 },
    );
    expect(noticed).toBeGreaterThan(3);
  });

  test('does not wait for what may still come of the last hour', async () => {
    const [sample] = fc.sample(anyFact, 1);
    if (sample === undefined) throw new Error('must be one');
    const desk = countingDesk();
    await desk.write([{ ...sample, hour: '2027-01-05T09' }]);
    desk.now = Date.parse('2027-01-05T10:00Z') + CLOSING_MS - 1;
    await rollUp(desk);
    // A transaction of that hour that took its time.
    await desk.write([{ ...sample, id: '11111111-0000-4000-8000-000000000000', hour: '2027-01-05T09' }]);
    desk.now += 1;
    await rollUp(desk);
    expect((await desk.rollups.readHead())?.closedBefore).toBe('2027-01-05T10');
    const { total } = await countInterests({ by: [], filters: {} }, desk);
    expect(total[sample.event]).toBe(2);
  });
});
