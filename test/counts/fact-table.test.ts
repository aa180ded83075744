import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Fact } from '../../shared/counts/fact.ts';
import { factTable } from '../../shared/counts/fact-table.ts';
import { dayOf } from '../../shared/counts/period.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { anyFact, anyHour } from './arbitrary-fact.ts';

let tables: LocatorTables;
beforeAll(async () => {
  tables = await makeLocatorTables();
});

async function write(facts: readonly Fact[]): Promise<void> {
  for (const { hour } of facts) await tables.facts.announceDay(dayOf(hour));
  const TransactItems = facts.map((fact) => tables.facts.addition(fact));
  if (TransactItems.length > 0) await tables.client.send(new TransactWriteCommand({ TransactItems }));
}

const byId = (facts: readonly Fact[]) => facts.toSorted((a, b) => (a.id < b.id ? -1 : 1));

test('what was written is read, by hours up to the last one', async () => {
  const all: Fact[] = [];
  const anyRange = fc.tuple(anyHour, anyHour, fc.boolean(), fc.boolean()).map(([a, b, begins, ends]) => {
    const [first, last] = [a, b].sort();
    return { from: begins ? first : undefined, until: ends ? last : undefined };
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anyFact, { maxLength: 12, size: 'max' }), anyRange, async (facts, { from, until }) => {
      await write(facts);
      all.push(...facts);
      const within = all.filter(
        ({ hour }) => (from === undefined || hour >= from) && (until === undefined || hour < until),
      );
      // Another instance, which has announced nothing.
      const read = await factTable(tables.client, tables.names.facts).readFacts({ from, until });
      expect(byId(read)).toEqual(byId(within));
    }),
    { numRuns: 12 },
  );
});

test('a fact is never rewritten', async () => {
  const [fact] = fc.sample(anyFact, 1);
  if (fact === undefined) throw new Error('must be one');
  await write([fact]);
  await expect(write([{ ...fact, event: 'withdrawn' }])).rejects.toMatchObject({
    name: 'TransactionCanceledException',
  });
});

test('a day is announced before its first fact, so that readers never miss it', async () => {
  await tables.facts.announceDay('2030-02-28');
  const Key = { pk: 'days', sk: '2030-02-28' };
  const { Item } = await tables.client.send(new GetCommand({ TableName: tables.names.facts, Key }));
  expect(Item).toEqual(Key);
});

test('an id that cannot be spread over the shards is refused', () => {
  const [fact] = fc.sample(anyFact, 1);
  if (fact === undefined) throw new Error('must be one');
  expect(() => tables.facts.addition({ ...fact, id: 'no-uuid' })).toThrow(
    new RangeError("a fact's id must be a UUID, not no-uuid"),
  );
});
