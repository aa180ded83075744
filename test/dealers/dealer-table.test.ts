import { isDeepStrictEqual } from 'node:util';
import { DeleteCommand, type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import type { DealerChanges } from '../../shared/dealers/dealer-changes.ts';
import { applyDealerChanges } from '../../shared/dealers/dealer-import-table.ts';
import { type DealerTable, dealerTable, INDEX_MAX_AGE_MS } from '../../shared/dealers/dealer-table.ts';
import {
  type DealerHits,
  type DealerQuestion,
  findDealers,
  StoresNotPublished,
} from '../../shared/dealers/find-dealers.ts';
import { anyQuestion, dealersOf, publicly, sortedHits } from './arbitrary-dealer.ts';
import { clientWith, dealersTable, rest } from './dealers-table.ts';

const ids = Array.from({ length: 14 }, (_, at) => `store-${String(at).padStart(2, '0')}`);
const questions = fc.array(anyQuestion, { minLength: 1, maxLength: 3 });

const changesOf = (some: readonly string[]): fc.Arbitrary<DealerChanges> =>
  fc
    .record({ put: dealersOf(some), removeIds: fc.subarray([...some]) })
    .map(({ put, removeIds }) => ({ put, removeIds: removeIds.filter((id) => !put.some((d) => d.id === id)) }));
const anyChanges = changesOf(ids);
/** Of half as many stores, for what is looked at after each of the writes: there are fewer of these. */
const fewChanges = changesOf(ids.slice(0, 7));

/** Publishes a table without a store. */
const NO_STORES: DealerChanges = { put: [], removeIds: [] };

/** The stores after the changes. */
function changed(before: readonly Dealer[], { put, removeIds }: DealerChanges): Dealer[] {
  const kept = before.filter(({ id }) => !removeIds.includes(id) && !put.some((dealer) => dealer.id === id));
  return [...kept, ...put].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** An import in many small writes: a transaction for every two stores, an index over many items. */
const apply = (client: DynamoDBDocumentClient, tableName: string, changes: DealerChanges) =>
  applyDealerChanges(client, tableName, changes, {
    wait: rest,
    sizes: { versionsPerTransaction: 2, indexPartBytes: 40 },
  });

/** That every answer is right for one and the same of the states. */
function expectOneOf(states: readonly (readonly Dealer[])[], asked: readonly DealerQuestion[], answers: DealerHits[]) {
  const right = states.map((dealers) => asked.map((question) => sortedHits(dealers, question)));
  expect(right).toContainEqual(answers);
}

const ask = (asked: readonly DealerQuestion[], dealers: DealerTable) =>
  Promise.all(asked.map((question) => findDealers(question, dealers)));

/** Two states of the table that share stores, some changed. */
const [before = [], after = []] = fc
  .sample(dealersOf(ids), { seed: 8, numRuns: 20 })
  .filter((dealers) => dealers.length > 6);

const everywhere: DealerQuestion = { origin: { lat: 10, lng: 10 }, radiusMeters: Number.POSITIVE_INFINITY, limit: 50 };

describe('dealers table', () => {
  test('after any series of imports searches and look-ups equal a scan of what was imported', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyChanges, { minLength: 1, maxLength: 4 }), questions, async (imports, asked) => {
        const { client, tableName } = await dealersTable();
        let nowMs = 0;
        const reader = dealerTable(client, tableName, () => nowMs);
        await apply(client, tableName, NO_STORES);
        const states: Dealer[][] = [[]];
        for (const changes of imports) {
          const sleeper = await sleepingTable(client, tableName);
          await apply(client, tableName, changes);
          const state = changed(states.at(-1) ?? [], changes);
          states.push(state);
          nowMs += INDEX_MAX_AGE_MS;
          expectOneOf([state], asked, await ask(asked, reader));
          // One whose index is of the import before may answer as of that, but never mixes two of them up.
          for (const question of asked) expectOneOf(states.slice(-2), [question], await ask([question], sleeper));
          expect(await reader.listDealers()).toEqual(state);
          for (const id of ids) {
            const dealer = state.find((one) => one.id === id);
            expect(await reader.getDealer(id)).toEqual(dealer && publicly(dealer));
            expect(await reader.getLeadRouting(id)).toEqual(dealer?.routing);
          }
        }
      }),
      { numRuns: 4 },
    );
  });

  test('at every write of an import, searches see all of its changes or none', async () => {
    await fc.assert(
      fc.asyncProperty(fewChanges, fewChanges, questions, async (first, second, asked) => {
        const { client, tableName } = await dealersTable();
        await apply(client, tableName, first);
        const old = changed([], first);
        const young = changed(old, second);
        let aged = await sleepingTable(client, tableName);
        const watched = clientWith({
          afterWrite: async () => {
            const fresh = dealerTable(client, tableName, () => 0);
            expectOneOf([old, young], asked, await ask(asked, fresh));
            for (const question of asked) expectOneOf([old, young], [question], await ask([question], aged));
            aged = await sleepingTable(client, tableName);
            expect([old, young]).toContainEqual(await fresh.listDealers());
          },
        });
        await apply(watched, tableName, second);
        const reader = dealerTable(client, tableName, () => 0);
        expectOneOf([young], asked, await ask(asked, reader));
      }),
      { numRuns: 6 },
    );
  });

  test('an import that dies at any write leaves searches right, and run again it completes', async () => {
    await fc.assert(
      fc.asyncProperty(fewChanges, fewChanges, questions, async (first, second, asked) => {
        const { client, tableName } = await dealersTable();
        await apply(client, tableName, first);
        const old = changed([], first);
        const young = changed(old, second);
        let died = true;
        for (let writes = 0; died; writes++) {
          died = await killed(apply(clientWith({ dieAfterWrites: writes }), tableName, second));
          const reader = dealerTable(client, tableName, () => 0);
          expectOneOf([old, young], asked, await ask(asked, reader));
        }
        const reader = dealerTable(client, tableName, () => 0);
        expectOneOf([young], asked, await ask(asked, reader));
        expect(await reader.listDealers()).toEqual(young);
        expect(await storeRows(client, tableName)).toBe(young.filter((dealer) => dealer.status !== 'withdrawn').length);
      }),
      { numRuns: 5 },
    );
  });

  test('two imports at once both take effect', async () => {
    await fc.assert(
      fc.asyncProperty(dealersOf(ids.slice(0, 7)), dealersOf(ids.slice(7)), questions, async (some, others, asked) => {
        const { client, tableName } = await dealersTable();
        await Promise.all([
          apply(client, tableName, { put: some, removeIds: [] }),
          apply(clientWith({}), tableName, { put: others, removeIds: [] }),
        ]);
        const reader = dealerTable(client, tableName, () => 0);
        expectOneOf([[...some, ...others]], asked, await ask(asked, reader));
        expect(await reader.listDealers()).toEqual([...some, ...others]);
      }),
      { numRuns: 8 },
    );
  });

  test('an import that another overtakes at any write takes effect too, before or after it', async () => {
    const slow: DealerChanges = { put: before, removeIds: [] };
    const quick: DealerChanges = { put: after, removeIds: [] };
    const states = [changed(before, quick), changed(after, slow)];
    const orders = new Set<number>();
    let overtaken = true;
    for (let at = 1; overtaken; at++) {
      const { client, tableName } = await dealersTable();
      overtaken = false;
      let writes = 0;
      const slowClient = clientWith({
        afterWrite: async () => {
          if (++writes !== at) return;
          overtaken = true;
          await apply(client, tableName, quick);
        },
      });
      await apply(slowClient, tableName, slow);
      if (!overtaken) break;
      const reader = dealerTable(client, tableName, () => 0);
      const listed = await reader.listDealers();
      expect(states).toContainEqual(listed);
      orders.add(states.findIndex((state) => isDeepStrictEqual(state, listed)));
      expectOneOf([listed], [everywhere], await ask([everywhere], reader));
    }
    expect(orders.size).toBe(2);
  });

  test('a list that an import overtakes is of one moment', async () => {
    const { client, tableName } = await dealersTable();
    await apply(client, tableName, { put: before, removeIds: [] });
    for (const overtakenAt of [1, 2, 3]) {
      const put = overtakenAt === 2 ? before : after;
      let reads = 0;
      const slowClient = clientWith({
        afterRead: async () => {
          if (++reads === overtakenAt) await apply(client, tableName, { put, removeIds: [] });
        },
      });
      const listed = await dealerTable(slowClient, tableName, () => 0).listDealers();
      expect(listed).toEqual(await dealerTable(client, tableName, () => 0).listDealers());
    }
  });
});

describe('an id', () => {
  test('that no store can have is unknown to look-ups and refused by imports', async () => {
    const { client, tableName } = await dealersTable();
    await apply(client, tableName, NO_STORES);
    const reader = dealerTable(client, tableName, () => 0);
    expect(await reader.getDealer('x'.repeat(2_000))).toBeUndefined();
    expect(await reader.getLeadRouting('')).toBeUndefined();
    const put = before.slice(0, 1).map((dealer) => ({ ...dealer, id: 'a#1' }));
    await expect(apply(client, tableName, { put, removeIds: [] })).rejects.toThrow('store id a#1');
  });
});

describe('a search', () => {
  const everywhere: DealerQuestion = {
    origin: { lat: 10, lng: 10 },
    radiusMeters: Number.POSITIVE_INFINITY,
    limit: 50,
  };
  const replaced: DealerChanges = {
    put: after,
    removeIds: before.map((d) => d.id).filter((id) => !after.some((d) => d.id === id)),
  };

  test('is right although replicas lag behind the import', async () => {
    const { client, tableName } = await dealersTable();
    const replica = await dealersTable();
    for (const table of [tableName, replica.tableName]) await apply(client, table, { put: before, removeIds: [] });
    await apply(client, tableName, replaced);
    const reader = dealerTable(clientWith({ lagsAs: replica.tableName }), tableName, () => 0);
    expect(await findDealers(everywhere, reader)).toEqual(sortedHits(after, everywhere));
  });

  test('fails as long as no import is published, and sees the first one at once', async () => {
    const { client, tableName } = await dealersTable();
    const reader = dealerTable(client, tableName, () => 0);
    const id = before[0]?.id ?? '';
    const expectNothing = async () => {
      await expect(findDealers(everywhere, reader)).rejects.toThrow(StoresNotPublished);
      await expect(reader.getDealer(id)).rejects.toThrow(StoresNotPublished);
      await expect(reader.getLeadRouting(id)).rejects.toThrow(StoresNotPublished);
      expect(await reader.listDealers()).toEqual([]);
    };
    await expectNothing();
    const dying = clientWith({ dieAfterWrites: 2 });
    expect(await killed(apply(dying, tableName, { put: before, removeIds: [] }))).toBe(true);
    await expectNothing();
    await apply(client, tableName, { put: before, removeIds: [] });
    expect(await findDealers(everywhere, reader)).toEqual(sortedHits(before, everywhere));
    expect(await reader.getDealer(id)).toEqual(before[0] && publicly(before[0]));
  });

  test('sees a change once its index is a minute old', async () => {
    const { client, tableName } = await dealersTable();
    await apply(client, tableName, NO_STORES);
    let nowMs = 0;
    const reader = dealerTable(client, tableName, () => nowMs);
    expect(await findDealers(everywhere, reader)).toEqual({ beyondRadius: false, hits: [] });
    await apply(client, tableName, { put: before, removeIds: [] });
    nowMs = INDEX_MAX_AGE_MS;
    expect(await findDealers(everywhere, reader)).toEqual(sortedHits(before, everywhere));
  });

  test('reads nothing again that it holds', async () => {
    const { client, tableName } = await dealersTable();
    await apply(client, tableName, { put: before, removeIds: [] });
    let sent = 0;
    const reader = dealerTable(clientWith({ beforeSend: () => void sent++ }), tableName, () => 0);
    const first = await findDealers(everywhere, reader);
    sent = 0;
    expect(await findDealers(everywhere, reader)).toEqual(first);
    expect(sent).toBe(0);
  });

  test('fails when a read fails, and works again when reads do', async () => {
    const { client, tableName } = await dealersTable();
    await apply(client, tableName, { put: before, removeIds: [] });
    let down = true;
    const reader = dealerTable(
      clientWith({
        beforeSend: () => {
          if (down) throw new Error('no connection');
        },
      }),
      tableName,
      () => 0,
    );
    await expect(findDealers(everywhere, reader)).rejects.toThrow('no connection');
    down = false;
    expect(await findDealers(everywhere, reader)).toEqual(sortedHits(before, everywhere));
  });

  test.each([
    ['a row', /^store /, 'stores differ from the index of import 1'],
    ['a part of its index', /^index part#/, 'the index of import 1 is not whole'],
  ])('fails rather than answer from a table that has lost %s', async (_, kind, message) => {
    const { client, tableName } = await dealersTable();
    await apply(client, tableName, { put: before, removeIds: [] });
    const { Items } = await client.send(new ScanCommand({ TableName: tableName }));
    const row = Items?.find(({ pk, sk }) => kind.test(`${pk} ${sk}`));
    await client.send(new DeleteCommand({ TableName: tableName, Key: { pk: row?.['pk'], sk: row?.['sk'] } }));
    const search = findDealers(
      everywhere,
      dealerTable(client, tableName, () => 0),
    );
    await expect(search).rejects.toThrow(message);
  });

  test('neither reads nor answers where leads go', async () => {
    const { client, tableName } = await dealersTable();
    await apply(client, tableName, { put: before, removeIds: [] });
    const received: string[] = [];
    const reader = dealerTable(
      clientWith({ afterRead: async (output) => void received.push(JSON.stringify(output)) }),
      tableName,
      () => 0,
    );
    await findDealers(everywhere, reader);
    await reader.getDealer(before[0]?.id ?? '');
    expect(received.length).toBeGreaterThan(2);
    expect(received.join()).not.toMatch(/whsec_|@store\.example|routing/);
  });
});

/** One that has read its index, no rows yet, and is never old enough to look for a newer one. */
async function sleepingTable(client: DynamoDBDocumentClient, tableName: string): Promise<DealerTable> {
  const table = dealerTable(client, tableName, () => 0);
  await table.read(async () => undefined);
  return table;
}

/** Whether an import ended because its client was told to die. */
async function killed(running: Promise<void>): Promise<boolean> {
  try {
    await running;
    return false;
  } catch (error) {
    if (error instanceof Error && error.message === 'killed') return true;
    throw error;
  }
}

/** How many rows a search might read: each but the visible ones was left behind. */
async function storeRows(client: DynamoDBDocumentClient, tableName: string): Promise<number> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  return Items.filter((item) => item['pk'] === 'store').length;
}
