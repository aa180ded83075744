import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { seededRandom } from '../../bench/seeded-random.ts';
import { auditCounts, hasDrift } from '../../shared/counts/audit-counts.ts';
import { FAULTS } from '../support/faulty-client.ts';
import { type Item, type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { localDynamoDb } from '../support/table.ts';
import { auditDesk, runCounting } from './counting-run.ts';

let tables: LocatorTables;

test('while people come and go under faults, every count is the truth, rolled up, rebuilt and audited meanwhile', async () => {
  tables = await makeLocatorTables();
  const done = await runCounting({
    tables,
    newDynamoDb: localDynamoDb,
    random: seededRandom(20_261_125),
    rounds: 56,
    faultsInHundred: 5,
  });
  expect([...done.faults.keys()].sort()).toEqual([...FAULTS].sort());
  expect(done.rollUps).toBeGreaterThan(5);
  expect(done.rebuilds).toBeGreaterThan(0);
  expect(done.audits).toBe(7);
  const head = await tables.rollups.readHead();
  expect(Object.keys(head?.days ?? {})).toEqual(['2026-11', '2026-12']);
}, 120_000);

/** Of the run's tables, changes something, audits, and changes it back. */
async function audited(table: 'facts' | 'rollups' | 'reservations', item: Item, changed: Item | undefined) {
  const TableName = tables.names[table];
  const key = { pk: item['pk'], sk: item['sk'] };
  if (changed === undefined) await tables.client.send(new DeleteCommand({ TableName, Key: key }));
  else await tables.client.send(new PutCommand({ TableName, Item: changed }));
  const { drift } = await auditCounts(auditDesk(tables));
  if (changed !== undefined) {
    await tables.client.send(new DeleteCommand({ TableName, Key: { pk: changed['pk'], sk: changed['sk'] } }));
  }
  await tables.client.send(new PutCommand({ TableName, Item: item }));
  return drift;
}

async function someItem(table: 'facts' | 'rollups' | 'reservations', test: (item: Item) => boolean): Promise<Item> {
  const found = (await tables.scan(table)).find(test);
  if (found === undefined) throw new Error(`there is no such item in ${table}`);
  return found;
}

test.each(['confirmed', 'withdrawn'])(
  'an audit finds a fact of %s that was lost after its day was rolled up',
  async (event) => {
    const item = await someItem('facts', (fact) => fact['event'] === event && String(fact['pk']) < '2026-12-02');
    expect((await audited('facts', item, undefined)).rollups).toBeGreaterThan(0);
  },
);

test('an audit finds a fact that was lost before, and one that is there twice', async () => {
  const head = await tables.rollups.readHead();
  const open = await someItem('reservations', ({ status }) => status === 'confirmed');
  // A reservation that stands without a fact is the same as a fact that was lost.
  expect(await audited('reservations', open, undefined)).toMatchObject({ groups: 1, active: 1 });
  const confirmed = await someItem('facts', ({ event }) => event === 'confirmed');
  const twice = {
    ...confirmed,
    pk: `${head?.closedBefore.slice(0, 10)}#0`,
    sk: '23#00000000-0000-4000-8000-000000000000',
  };
  expect(await audited('facts', confirmed, undefined).then(hasDrift)).toBe(true);
  await tables.client.send(new PutCommand({ TableName: tables.names.facts, Item: twice }));
  const { drift } = await auditCounts(auditDesk(tables));
  expect(drift).toMatchObject({ groups: 1, active: 1, withdrawn: 0, rollups: 0 });
  await tables.client.send(new DeleteCommand({ TableName: tables.names.facts, Key: { pk: twice.pk, sk: twice.sk } }));
});

test('an audit finds a tombstone that nobody counted', async () => {
  const item = await someItem('reservations', ({ status }) => status === 'withdrawn');
  expect(await audited('reservations', item, undefined)).toMatchObject({ withdrawn: 1 });
});

test('an audit finds a view that is not that of its cube', async () => {
  const generation = (await tables.rollups.readHead())?.generation;
  const item = await someItem(
    'rollups',
    ({ pk, sk }) => pk === `${generation}#day#state` && String(sk).startsWith('2026-11-30'),
  );
  const other = await someItem(
    'rollups',
    ({ pk, sk }) => pk === `${generation}#day#state` && String(sk).startsWith('2026-12-01'),
  );
  const drift = await audited('rollups', item, { ...item, data: other['data'] });
  expect(drift).toEqual({ groups: 0, active: 0, withdrawn: 0, rollups: 1 });
});

test('and nothing once all is as it was', async () => {
  const { drift, reservations, periods } = await auditCounts(auditDesk(tables));
  expect(drift).toEqual({ groups: 0, active: 0, withdrawn: 0, rollups: 0 });
  expect(reservations).toBeGreaterThan(20);
  expect(periods).toBeGreaterThan(3);
});
