import { readFileSync } from 'node:fs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import type { CountQuestion } from '../../shared/counts/count-interests.ts';
import type { Fact } from '../../shared/counts/fact.ts';
import { factItem, factTable } from '../../shared/counts/fact-table.ts';
import { type Filters, GROUP_KEYS, type GroupKey } from '../../shared/counts/grouping.ts';
import { dayOf } from '../../shared/counts/period.ts';
import { rollupTable } from '../../shared/counts/rollup-table.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { anyDay } from './arbitrary-fact.ts';
import { memoryClient } from './memory-client.ts';

const gazetteer = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
export const censusOf = (state: string) => gazetteer.findState(state);

/** All that counting works with, in memory, with a clock that is set. */
export function countingDesk(items = new Map<string, Readonly<Record<string, unknown>>>()) {
  const client = memoryClient(items);
  let ids = 0;
  const desk = {
    items,
    now: 0,
    facts: factTable(client, 'facts'),
    rollups: rollupTable(client, 'rollups'),
    censusOf,
    nowMilliseconds: () => desk.now,
    newId: () => {
      ids += 1;
      return `generation-${ids}`;
    },
    async write(facts: readonly Fact[]) {
      for (const fact of facts) {
        await desk.facts.announceDay(dayOf(fact.hour));
        await client.send(new PutCommand({ TableName: 'facts', Item: factItem(fact) }));
      }
    },
  };
  return desk;
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

export const anyFilters: fc.Arbitrary<Filters> = fc.record({
  state: optional(fc.constantFrom('FL', 'PR', 'unknown')),
  model: optional(fc.constantFrom('a110', 'undecided')),
  dealer: optional(fc.constantFrom('2157', 'none')),
  metro: optional(fc.constantFrom('33100', 'unknown')),
  campaign: optional(fc.constantFrom('Spring', 'none')),
});

/** None, one or two filters; more leave few facts. */
const fewFilters: fc.Arbitrary<Filters> = fc
  .tuple(anyFilters, fc.subarray(['state', 'model', 'dealer', 'metro', 'campaign'] as const, { maxLength: 2 }))
  .map(([filters, names]) => Object.fromEntries(names.map((name) => [name, filters[name]])));

export const anyQuestion: fc.Arbitrary<CountQuestion> = fc
  .record({
    by: fc.subarray<GroupKey>([...GROUP_KEYS], { maxLength: 2 }),
    isTurned: fc.boolean(),
    filters: fewFilters,
    days: fc.tuple(anyDay, anyDay),
    begins: fc.boolean(),
    ends: fc.boolean(),
  })
  .map(({ by, isTurned, filters, days, begins, ends }) => {
    const [from, to] = days.toSorted();
    return {
      by: isTurned ? by.toReversed() : by,
      filters,
      from: begins ? from : undefined,
      to: ends ? to : undefined,
    };
  });

/** What a question is about, of all facts. */
export function within(facts: readonly Fact[], { from, to }: CountQuestion): Fact[] {
  return facts.filter(
    ({ hour }) => (from === undefined || dayOf(hour) >= from) && (to === undefined || dayOf(hour) <= to),
  );
}
