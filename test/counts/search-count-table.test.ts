import { createHash, randomUUID } from 'node:crypto';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { SEARCH_COUNT_TABLE, type SearchCountTable, searchCountTable } from '../../shared/counts/search-count-table.ts';
import { countSearches, SEARCH_BANDS } from '../../shared/counts/search-counts.ts';
import { readSearchBatch, type SearchBatch } from '../../shared/counts/searched-lines.ts';
import { type Fault, faultyClient } from '../support/faulty-client.ts';
import { localDocumentClient, withKeys } from '../support/locator-tables.ts';
import { localDynamoDb, makeTable } from '../support/table.ts';
import { anySearch, delivered, searchedLine } from './search-batch.ts';

const NOW = Date.UTC(2026, 10, 25, 14, 5, 9, 120);
const dynamoDb = localDynamoDb();
const client = localDocumentClient(dynamoDb);

let tableName: string;
let table: SearchCountTable;
beforeEach(async () => {
  tableName = await makeTable(dynamoDb, withKeys(SEARCH_COUNT_TABLE));
  table = searchCountTable(client, tableName);
});

function batchOf(searches: Parameters<typeof searchedLine>[0][]): SearchBatch {
  const batch = readSearchBatch(delivered(searches.map(searchedLine)));
  if (batch === undefined) throw new Error('the batch is none');
  return batch;
}

const SEARCH = { day: '2026-11-25', state: 'FL', distanceBand: '0-10' };
const totalOf = async () => countSearches(await table.read({}), []).total.searches;

describe('the counters of searches', () => {
  test('hold what the batches held, whichever came again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anySearch, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat({ max: 3 }), { maxLength: 4 }),
        async (batches, again) => {
          tableName = await makeTable(dynamoDb, withKeys(SEARCH_COUNT_TABLE));
          table = searchCountTable(client, tableName);
          const made = batches.map(batchOf);
          for (const batch of made) expect(await table.add(batch, NOW)).toBe(true);
          for (const batch of again.flatMap((index) => made[index] ?? []))
            expect(await table.add(batch, NOW)).toBe(false);
          const by = ['day', 'state'] as const;
          const once = batches.flat().map((search) => ({ ...search, searches: 1 }));
          expect(countSearches(await table.read({}), by)).toEqual(countSearches(once, by));
        },
      ),
      { numRuns: 8 },
    );
  });

  test('are exact when many batches, each of them twice, come at once', async () => {
    const batches = Array.from({ length: 60 }, () => batchOf([SEARCH, { ...SEARCH, state: 'GA' }]));
    const added = await Promise.all([...batches, ...batches].map((batch) => addUntilDone(batch)));
    expect(added.filter((isNew) => isNew)).toHaveLength(60);
    expect(await totalOf()).toBe(120);
  });

  test('take batches elsewhere when others are at the same counters, and count each once', async () => {
    for (let batch = 0; batch < 8; batch += 1) {
      let conflicts = 5;
      const contended = searchCountTable(
        faultyClient(() => (conflicts-- > 0 ? 'conflict' : undefined)),
        tableName,
      );
      expect(await contended.add(batchOf([SEARCH]), NOW)).toBe(true);
    }
    expect(await totalOf()).toBe(8);
    const { Items: first = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': 'searches#0' },
      }),
    );
    // Where each goes is chance, of 16 places: that all come back to the first is not to be expected.
    expect(Number(first[0]?.['FL'] ?? 0)).toBeLessThan(8);
  });

  test.each(['conflict', 'throttled', 'never-sent'] as const)(
    'write nothing of a batch that meets nothing but "%s"',
    async (fault: Fault) => {
      const faulty = searchCountTable(
        faultyClient(() => fault),
        tableName,
      );
      await expect(faulty.add(batchOf([SEARCH]), NOW)).rejects.toThrow();
      expect(await totalOf()).toBe(0);
    },
  );

  test('count a batch once whose answer was lost and that is tried again', async () => {
    const batch = batchOf([SEARCH]);
    const faulty = searchCountTable(
      faultyClient(() => 'answer-lost'),
      tableName,
    );
    await expect(faulty.add(batch, NOW)).rejects.toThrow();
    expect(await table.add(batch, NOW)).toBe(false);
    expect(await totalOf()).toBe(1);
  });

  test('are read for the days that are asked for, both ends included', async () => {
    const days = ['2026-11-23', '2026-11-24', '2026-11-25'];
    for (const day of days)
      await table.add(batchOf(SEARCH_BANDS.map((distanceBand) => ({ ...SEARCH, day, distanceBand }))), NOW);
    const daysOf = async (range: { from?: string; to?: string }) => {
      const { groups } = countSearches(await table.read(range), ['day']);
      expect(groups.every(({ searches }) => searches === SEARCH_BANDS.length)).toBe(true);
      return groups.map(({ day }) => day);
    };
    expect(await daysOf({})).toEqual(days);
    expect(await daysOf({ from: '2026-11-24' })).toEqual(days.slice(1));
    expect(await daysOf({ to: '2026-11-24' })).toEqual(days.slice(0, 2));
    expect(await daysOf({ from: '2026-11-24', to: '2026-11-24' })).toEqual(['2026-11-24']);
    expect(await daysOf({ from: '2026-11-26' })).toEqual([]);
  });

  test('forget which batches they hold after 30 days, and never a count', async () => {
    const batch = batchOf([SEARCH]);
    await table.add(batch, NOW);
    const item = async (pk: string, sk: string) =>
      (await client.send(new GetCommand({ TableName: tableName, Key: { pk, sk } }))).Item;
    expect(await item(`batch#${batch.id}`, 'mark')).toMatchObject({
      [SEARCH_COUNT_TABLE.timeToLive]: Math.floor(NOW / 1000) + 30 * 24 * 3600,
    });
    expect(await item('searches#0', '2026-11-25#0-10')).toEqual({ pk: 'searches#0', sk: '2026-11-25#0-10', FL: 1 });
  });

  test('of a whole year, from every state at every distance, cost few read units', async () => {
    const states = Array.from({ length: 56 }, (_, index) => `${letter(index / 26)}${letter(index)}`);
    const year = Array.from({ length: 365 }, (_, index) =>
      new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
    );
    // As many bands as states have in truth, by a map of the stores: about three.
    const tallies = (day: string) =>
      SEARCH_BANDS.slice(0, 6).map((distanceBand, band) => ({
        day,
        distanceBand,
        searchesByState: Object.fromEntries(
          states.filter((_, index) => (index + band) % 2 === 0).map((state) => [state, 1234]),
        ),
      }));
    for (let at = 0; at < year.length; at += 16) {
      await table.add(
        {
          id: createHash('sha256').update(randomUUID()).digest('hex'),
          tallies: year.slice(at, at + 16).flatMap(tallies),
        },
        NOW,
      );
    }
    let units = 0;
    const metered = localDocumentClient(localDynamoDb());
    metered.middlewareStack.add(
      (next) => async (args) => {
        const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
        const { ConsumedCapacity } = result.output as { ConsumedCapacity?: { CapacityUnits?: number } };
        // AWS charges half a unit for a query that finds nothing; the emulator none.
        units += Math.max(0.5, ConsumedCapacity?.CapacityUnits ?? 0);
        return result;
      },
      { step: 'initialize', name: 'meter' },
    );
    const rows = await searchCountTable(metered, tableName).read({});
    expect(countSearches(rows, ['state']).groups).toHaveLength(56);
    expect(units).toBeLessThan(120);
  });
});

/** As Lambda does: what was refused because others came first is tried again. */
async function addUntilDone(batch: SearchBatch): Promise<boolean> {
  for (;;) {
    try {
      return await table.add(batch, NOW);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'TransactionCanceledException')) throw error;
    }
  }
}

function letter(index: number): string {
  return String.fromCharCode(65 + (Math.floor(index) % 26));
}
