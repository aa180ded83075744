import { AssertionError } from 'node:assert';
import { beforeAll, describe, expect, test } from 'vitest';
import { countFacts } from '../../shared/counts/grouping.ts';
import { FAULTS } from '../support/faulty-client.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { localDynamoDb } from '../support/table.ts';
import { BROKEN_VARIANTS } from './broken-variants.ts';
import { runHistories } from './history-lanes.ts';
import { MAIL_FAULTS } from './history-plan.ts';

let tables: LocatorTables;
beforeAll(async () => {
  tables = await makeLocatorTables();
});

test('under faults nothing acknowledged is lost, facts are the truth, and a store has one lead and the end of it', async () => {
  const ran = await runHistories({ tables, newDynamoDb: localDynamoDb, seed: 1, count: 20, atOnce: 4 });
  expect([...ran.occurrences.keys()].sort()).toEqual(
    [...FAULTS, ...MAIL_FAULTS, 'delivered-twice', 'clock-ahead', 'clock-behind'].sort(),
  );
  // No history wrote a fact that it does not know of.
  const { total } = countFacts(await tables.facts.readFacts({}), [], {}, () => undefined);
  expect(total).toEqual(ran.counts);
}, 120_000);

describe('the truth is missed when', () => {
  test.each(BROKEN_VARIANTS)(
    '$name',
    async ({ breakClient }) => {
      const broken = await makeLocatorTables();
      const run = runHistories({
        tables: broken,
        newDynamoDb: localDynamoDb,
        seed: 1,
        count: 100,
        atOnce: 4,
        breakClient,
      });
      const failed = await run.then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failed).toMatchObject({ name: 'HistoryFailed', cause: expect.any(AssertionError) });
    },
    120_000,
  );
});
