import { randomUUID } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { Town } from '../../bench/recovery/town.ts';
import { seededRandom } from '../../bench/seeded-random.ts';
import { copyRows, emptyTable } from '../../local/copy-rows.ts';
import { HostError } from '../../local/host-error.ts';
import { openRecoveryDesk } from '../../local/recovery-desk.ts';
import { auditCounts, hasDrift } from '../../shared/counts/audit-counts.ts';
import { rebuild } from '../../shared/counts/rebuild.ts';
import { rollUp } from '../../shared/counts/roll-up.ts';
import { applyDealerChanges } from '../../shared/dealers/dealer-import-table.ts';
import { leadDeliveries } from '../../shared/outbox/delivery.ts';
import { check, eraseAll, mend, NotErased } from '../../shared/recovery/recovery.ts';
import { standingReservations } from '../../shared/reservations/standing-table.ts';
import { START, storesOf } from '../reservations/test-desk.ts';
import { makeLocatorTables, withKeys } from '../support/locator-tables.ts';
import { localDynamoDb, makeTable } from '../support/table.ts';

const KEYS = { partitionKey: 'pk', sortKey: 'sk' };
const HOUR = 3_600_000;
const LEAD_HOURS = { reminder: 5, escalation: 9 };

async function liveliness() {
  const dynamoDb = localDynamoDb();
  const tables = await makeLocatorTables(dynamoDb);
  const { client, names } = tables;
  const changes = { put: [...storesOf()], removeIds: [] };
  await applyDealerChanges(client, names.dealers, changes, {
    wait: () => Promise.reject(new Error('an import waited, although no other writes to its table')),
  });
  const clock = { now: START };
  const town = new Town(tables, clock, seededRandom(7));
  const desk = openRecoveryDesk(client, names, { leadHours: LEAD_HOURS, nowMilliseconds: () => clock.now });
  const counts = { ...tables, nowMilliseconds: () => clock.now, newId: randomUUID };
  const audit = () => auditCounts({ ...tables, standings: () => standingReservations(client, names.reservations) });
  await town.reserve(16, { confirm: 0.8 });
  await town.withdraw(0.1);
  clock.now += 2 * HOUR;
  await rollUp(counts);
  const liveOn = async () => {
    await town.confirmPending(0.8);
    await town.reserve(12, { confirm: 0.9 });
    await town.change(0.3);
    await town.withdraw(0.2);
    clock.now += 2 * HOUR;
    await rollUp(counts);
  };
  const goBack = async (table: 'reservations' | 'facts' | 'outbox', meanwhile: () => Promise<void>) => {
    const restored = await makeTable(dynamoDb, withKeys(KEYS));
    await copyRows({ client: dynamoDb, from: names[table], to: restored, emptyFirst: false });
    await meanwhile();
    await copyRows({ client: dynamoDb, from: restored, to: names[table], emptyFirst: true });
  };
  return { ...tables, dynamoDb, town, desk, counts, audit, liveOn, goBack };
}

test('nothing is amiss where nothing was lost', async () => {
  const { desk, liveOn } = await liveliness();
  await liveOn();
  const { misfits, countsOff } = await check(desk);
  for (const found of Object.values(misfits)) expect([...found]).toEqual([]);
  expect(countsOff).toBe(0);
  expect(Object.values(await mend(desk)).every((count) => count === 0)).toBe(true);
});

test('facts that come back from an earlier time are made up for, and the journal of erasures is whole again', async () => {
  const { desk, counts, audit, liveOn, goBack, facts, town } = await liveliness();
  await goBack('facts', liveOn);
  await rebuild(counts);
  expect(hasDrift((await audit()).drift)).toBe(true);
  expect((await facts.readErasures()).size).toBeLessThan(town.withdrawn.length);

  await mend(desk);
  await rebuild(counts);
  expect(hasDrift((await audit()).drift)).toBe(false);
  expect((await facts.readErasures()).size).toBe(town.withdrawn.length);
  expect((await check(desk)).countsOff).toBe(0);
});

test('leads that the ledger lost are handed over under their own ids', async () => {
  const { desk, liveOn, goBack, outbox, reservations, town } = await liveliness();
  await goBack('outbox', liveOn);
  const { misfits } = await check(desk);
  expect(misfits.leadsMissing.length).toBeGreaterThan(0);
  // Of one of them a delivery is left: rows of one step may come back apart.
  const [torn] = misfits.leadsMissing;
  const lead = { id: String(torn?.leadId), reservationId: String(torn?.id), dealerId: String(torn?.dealerId) };
  await desk.putItems(outbox.additions(undefined, leadDeliveries(lead, ['lead-mail', 'adf-mail'], 2, START)));
  await mend(desk);
  const hoursUntil = new Map<string, Set<number>>();
  for (const { id, leadId } of misfits.leadsMissing) {
    expect(await outbox.findLead(String(leadId))).toMatchObject({ reservationId: id });
    const deliveries = await outbox.listDeliveries(String(leadId));
    const channels = deliveries.map(({ channel }) => channel);
    for (const { channel, createdAt, dueAtSeconds = 0 } of deliveries) {
      const hours = Math.round((dueAtSeconds * 1_000 - Date.parse(createdAt)) / HOUR);
      hoursUntil.set(channel, (hoursUntil.get(channel) ?? new Set()).add(hours));
    }
    expect(channels.some((channel) => channel === 'lead-mail' || channel === 'adf-mail')).toBe(true);
    expect((await reservations.find(id))?.status).toBe('confirmed');
  }
  // As late as the stage has it.
  expect(hoursUntil.get('reminder-mail')).toEqual(new Set([LEAD_HOURS.reminder]));
  expect(hoursUntil.get('escalation-mail')).toEqual(new Set([LEAD_HOURS.escalation]));
  await town.deliverAll();
  expect((await check(desk)).misfits.leadsMissing).toEqual([]);
});

test('a confirmation that a store was sent comes back as it was: number, time, place in line, lead', async () => {
  const { desk, liveOn, goBack, scan } = await liveliness();
  const rowsOf = async (ids: ReadonlySet<string>) =>
    (await scan('reservations')).filter(({ pk, sk }) => ids.has(String(pk)) || ids.has(String(sk).split('#')[1] ?? ''));
  let before: Awaited<ReturnType<typeof scan>> = [];
  await goBack('reservations', async () => {
    await liveOn();
    before = await scan('reservations');
  });
  await eraseAll(desk);
  const { confirmationsLost } = (await check(desk)).misfits;
  expect(confirmationsLost.length).toBeGreaterThan(0);
  await mend(desk);
  for (const { reservationId } of confirmationsLost) {
    const ids = new Set([`reservation#${reservationId}`, reservationId]);
    const rows = await rowsOf(ids);
    expect(rows.length).toBe(2);
    for (const row of rows) expect(before).toContainEqual(row);
  }
});

test('pointers and places in line that are gone come back as they were, time to live and all', async () => {
  const { client, names, desk, liveOn, scan } = await liveliness();
  await liveOn();
  const before = await scan('reservations');
  const gone = before.filter(({ pk }) => /^(person|line)#/.test(String(pk)));
  expect(gone.some((row) => 'expiresAtSeconds' in row)).toBe(true);
  for (const { pk, sk } of gone)
    await client.send(new DeleteCommand({ TableName: names.reservations, Key: { pk, sk } }));
  await mend(desk);
  const after = await scan('reservations');
  expect(after).toHaveLength(before.length);
  expect(after).toEqual(expect.arrayContaining([...before]));
});

test('nothing is mended while someone who has withdrawn is held again', async () => {
  const { desk, liveOn, goBack } = await liveliness();
  await goBack('reservations', liveOn);
  await expect(mend(desk)).rejects.toThrow(NotErased);
});

test('a copy neither overwrites rows nor takes an empty table for a restored one', async () => {
  const { dynamoDb, names } = await liveliness();
  const empty = await makeTable(dynamoDb, withKeys(KEYS));
  const copy = { client: dynamoDb, emptyFirst: false };
  await expect(copyRows({ ...copy, from: names.reservations, to: names.facts })).rejects.toThrow(HostError);
  await expect(copyRows({ ...copy, from: empty, to: names.facts, emptyFirst: true })).rejects.toThrow(HostError);
  await expect(copyRows({ ...copy, from: names.facts, to: names.facts, emptyFirst: true })).rejects.toThrow(HostError);
  const { copied } = await copyRows({ ...copy, from: names.outbox, to: empty });
  expect(await emptyTable(dynamoDb, empty)).toBe(copied);
});
