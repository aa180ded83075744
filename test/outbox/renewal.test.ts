import { randomUUID } from 'node:crypto';
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  type ClaimedDelivery,
  type Delivery,
  type DeliveryOutcome,
  leadDeliveries,
} from '../../shared/outbox/delivery.ts';
import { deliveryKeyOf } from '../../shared/outbox/outbox-row.ts';
import { type LeadReach, NEW_DELIVERY_FILTER, outboxTable } from '../../shared/outbox/outbox-table.ts';
import { faultyClient } from '../support/faulty-client.ts';
import { type LocatorTables, localDocumentClient, makeLocatorTables } from '../support/locator-tables.ts';

const START = Date.UTC(2026, 10, 23, 14, 5, 9, 120);
const SECOND = 1_000;
const LEASE = 120 * SECOND;

let tables: LocatorTables;
beforeEach(async () => {
  tables = await makeLocatorTables();
});

function leadMail(leadId: string, reservationVersion: number, now: number): Delivery {
  const lead = { id: leadId, reservationId: 'r', dealerId: 'north' };
  const [delivery] = leadDeliveries(lead, ['lead-mail'], reservationVersion, now);
  if (delivery === undefined) throw new Error('must be one');
  return delivery;
}

/** A lead's mail, due since START, for version 2. */
async function added(): Promise<Delivery> {
  const delivery = leadMail(randomUUID(), 2, START);
  await tables.client.send(new TransactWriteCommand({ TransactItems: tables.outbox.additions(undefined, [delivery]) }));
  return delivery;
}

/** The same mail made due again for a later version. */
async function renewed({ leadId }: Delivery, version: number, now: number): Promise<Delivery> {
  const delivery = leadMail(leadId ?? 'none', version, now);
  await tables.client.send(new TransactWriteCommand({ TransactItems: tables.outbox.renewals([delivery]) }));
  return delivery;
}

async function claimed(delivery: Delivery, now: number): Promise<ClaimedDelivery> {
  const taken = await tables.outbox.claim(delivery, now);
  if (taken === undefined) throw new Error('must be due');
  return taken;
}

async function rowOf({ group, channel }: Delivery) {
  const Key = { pk: group, sk: `delivery#${channel}` };
  const { Item } = await tables.client.send(
    new GetCommand({ TableName: tables.names.outbox, Key, ConsistentRead: true }),
  );
  return Item;
}

describe('a renewal', () => {
  test.each(['delivered', 'cancelled', 'failed'] as const)(
    'makes a %s delivery due again, and keeps when it was sent',
    async (kind) => {
      const first = await added();
      const outcome = kind === 'delivered' ? { kind } : { kind, reason: 'why' };
      await tables.outbox.settle(await claimed(first, START), outcome, START);
      const later = START + 3_600 * SECOND;
      await renewed(first, 3, later);
      const row = await rowOf(first);
      expect(row).toMatchObject({ status: 'pending', attempts: 0, reservationVersion: 3, due: 'due' });
      expect(row).not.toHaveProperty('lastError');
      expect(row).not.toHaveProperty('settledAt');
      // What the stream lets through.
      const { status, attempts } = NEW_DELIVERY_FILTER.dynamodb.NewImage;
      expect(status.S).toContain(row?.['status']);
      expect(attempts.N).toContain(String(row?.['attempts']));
      expect(await tables.outbox.listDue(later, 10)).toEqual([{ group: first.group, channel: 'lead-mail' }]);
      const again = await claimed(first, later);
      expect(again).toMatchObject({ leadId: first.leadId, attempts: 1, reservationVersion: 3 });
      expect(again.deliveredAt).toBe(kind === 'delivered' ? new Date(START).toISOString() : undefined);
      expect(await tables.outbox.settle(again, { kind: 'delivered' }, later)).toBe('delivered');
      expect((await rowOf(first))?.['deliveredAt']).toBe(new Date(later).toISOString());
    },
  );

  test('of a delivery that never was makes it, as an addition does', async () => {
    const fresh = await renewed(leadMail(randomUUID(), 2, START), 2, START);
    const byAddition = await added();
    const { pk: _, group: __, leadId: ___, ...expected } = (await rowOf(byAddition)) ?? {};
    const row = await rowOf(fresh);
    expect(row).toMatchObject(expected);
    expect(Object.keys(row ?? {}).toSorted()).toEqual(Object.keys((await rowOf(byAddition)) ?? {}).toSorted());
    expect(deliveryKeyOf({ pk: String(row?.['pk']), sk: String(row?.['sk']) })).toEqual({
      group: fresh.group,
      channel: 'lead-mail',
    });
    expect(await claimed(fresh, START)).toMatchObject({ ...fresh, attempts: 1, dueAtSeconds: expect.any(Number) });
  });

  test.each([
    ['delivered', { kind: 'delivered' }],
    ['put off', { kind: 'retry', reason: 'Throttled' }],
    ['cancelled', { kind: 'cancelled', reason: 'why' }],
    ['given up', { kind: 'failed', reason: 'why' }],
  ] as const)('is not settled by a claim from before it that ends as %s', async (_, outcome) => {
    // Sent again by hand, the version is the same.
    for (const version of [3, 2]) await staysClaimed(version, outcome);
  });

  async function staysClaimed(version: number, outcome: DeliveryOutcome) {
    const slow = await claimed(await added(), START);
    const fresh = await renewed(slow, version, START + SECOND);
    const before = await rowOf(fresh);
    // Whoever has claimed the renewed one since counts one try, as the slow one did.
    const quick = await claimed(fresh, START + SECOND);
    expect(quick.attempts).toBe(slow.attempts);
    expect(await tables.outbox.settle(slow, outcome, START + 2 * SECOND)).toBe('superseded');
    expect(await rowOf(fresh)).toMatchObject({ status: 'pending', due: before?.['due'], reservationVersion: version });
    expect(await tables.outbox.settle(quick, { kind: 'delivered' }, START + 3 * SECOND)).toBe('delivered');
  }

  test('knows that the store has the lead when a claim from before it hands it over after it', async () => {
    const slow = await claimed(await added(), START);
    const fresh = await renewed(slow, 3, START + SECOND);
    await tables.outbox.settle(slow, { kind: 'delivered' }, START + 2 * SECOND);
    expect(await claimed(fresh, START + 2 * SECOND)).toMatchObject({
      deliveredAt: new Date(START + 2 * SECOND).toISOString(),
      reservationVersion: 3,
    });
  });
});

test('a late word of a delivery that is deleted does not bring it back', async () => {
  const slow = await claimed(await added(), START);
  const gone = { ...slow, group: `lead#${randomUUID()}` };
  expect(await tables.outbox.settle(gone, { kind: 'delivered' }, START)).toBe('superseded');
  expect(await rowOf(gone)).toBeUndefined();
});

test('among twenty senders and five renewals at once, each version is settled by one sender at most, and the last one by one', async () => {
  for (let round = 0; round < 6; round += 1) {
    const first = await added();
    const settled: number[] = [];
    const sender = async () => {
      const outbox = outboxTable(localDocumentClient(), tables.names.outbox);
      for (let tries = 0; tries < 4; tries += 1) {
        const taken = await outbox.claim(first, START + SECOND);
        if (taken === undefined) continue;
        const status = await outbox.settle(taken, { kind: 'delivered' }, START + SECOND);
        if (status === 'delivered') settled.push(taken.reservationVersion);
      }
    };
    // One after the other, as the reservation's versions are.
    const renewals = async () => {
      for (let version = 3; version < 8; version += 1) await renewed(first, version, START);
    };
    await Promise.all([...Array.from({ length: 20 }, sender), renewals()]);
    await sender();
    expect(settled).toHaveLength(new Set(settled).size);
    expect(settled).toContain(7);
    expect(await rowOf(first)).toMatchObject({ status: 'delivered', reservationVersion: 7, attempts: 1 });
  }
});

describe('a lead has reached its store', () => {
  const reach = (delivery: Delivery, now: number): Promise<LeadReach> =>
    tables.outbox.reachOf(delivery.leadId ?? 'none', now);

  test('not while nobody has begun to send it', async () => {
    expect(await reach(await added(), START)).toBe('not-reached');
    expect(await tables.outbox.reachOf('none', START)).toBe('not-reached');
  });

  test('once it was handed over, whatever became of its delivery since', async () => {
    const delivery = await added();
    await tables.outbox.settle(await claimed(delivery, START), { kind: 'delivered' }, START);
    expect(await reach(delivery, START)).toBe('reached');
    await renewed(delivery, 3, START);
    expect(await reach(delivery, START)).toBe('reached');
    await tables.outbox.settle(await claimed(delivery, START), { kind: 'cancelled', reason: 'why' }, START);
    expect(await reach(delivery, START)).toBe('reached');
  });

  test.each([
    ['put off', { kind: 'retry', reason: 'Throttled' }],
    ['cancelled', { kind: 'cancelled', reason: 'why' }],
    ['given up', { kind: 'failed', reason: 'MessageRejected' }],
  ] as const)('not when it was %s', async (_, outcome) => {
    const delivery = await added();
    const taken = await claimed(delivery, START);
    expect(await reach(delivery, START)).toBe('being-sent');
    await tables.outbox.settle(taken, outcome, START);
    expect(await reach(delivery, START)).toBe('not-reached');
  });

  test('perhaps, when its sender died, although it was cancelled later', async () => {
    const delivery = await added();
    await claimed(delivery, START);
    expect(await reach(delivery, START + LEASE - SECOND)).toBe('being-sent');
    expect(await reach(delivery, START + LEASE)).toBe('reached');
    const next = await claimed(delivery, START + LEASE);
    await tables.outbox.settle(next, { kind: 'cancelled', reason: 'why' }, START + LEASE);
    expect(await reach(delivery, START + LEASE)).toBe('reached');
  });

  test('perhaps, when the mailer gave no answer', async () => {
    const delivery = await added();
    const taken = await claimed(delivery, START);
    await tables.outbox.settle(taken, { kind: 'retry', reason: 'TimeoutError', unanswered: true }, START);
    const later = START + LEASE;
    await tables.outbox.settle(await claimed(delivery, later), { kind: 'cancelled', reason: 'why' }, later);
    expect(await reach(delivery, later)).toBe('reached');
  });

  test('not yet, while a claim from before a renewal is at it', async () => {
    const slow = await claimed(await added(), START);
    const fresh = await renewed(slow, 3, START + SECOND);
    expect(await reach(fresh, START + 2 * SECOND)).toBe('being-sent');
    await tables.outbox.settle(slow, { kind: 'retry', reason: 'Throttled' }, START + 2 * SECOND);
    expect(await reach(fresh, START + 2 * SECOND)).toBe('not-reached');
  });

  test('not because the mail that closes it was sent', async () => {
    const lead = { id: randomUUID(), reservationId: 'r', dealerId: 'north' };
    const [closing] = leadDeliveries(lead, ['lead-closed-mail'], 3, START);
    if (closing === undefined) throw new Error('must be one');
    await tables.client.send(
      new TransactWriteCommand({ TransactItems: tables.outbox.additions(undefined, [closing]) }),
    );
    const taken = await claimed(closing, START);
    expect(await reach(closing, START)).toBe('not-reached');
    await tables.outbox.settle(taken, { kind: 'delivered' }, START);
    expect(await reach(closing, START)).toBe('not-reached');
  });

  test('exactly as a list of what happened tells, also when each answer to settling is lost and it is sent twice', async () => {
    const unlucky = outboxTable(
      faultyClient((command) => (command === 'UpdateItemCommand' ? 'sent-twice' : undefined)),
      tables.names.outbox,
    );
    const anyEnd = fc.constantFrom('delivered', 'retry', 'unanswered', 'died', 'renewed-delivered', 'renewed-retry');
    const seen = new Map<LeadReach, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(anyEnd, { maxLength: 4 }), async (ends) => {
        const delivery = await added();
        let now = START;
        let version = 2;
        let mayHaveIt = false;
        for (const end of ends) {
          // Past every lease and wait of so few tries.
          now += 3_600 * SECOND;
          const taken = await tables.outbox.claim(delivery, now);
          if (taken === undefined) break;
          const renews = end.startsWith('renewed');
          if (renews) {
            version += 1;
            await renewed(delivery, version, now);
          }
          if (end.endsWith('delivered')) await unlucky.settle(taken, { kind: 'delivered' }, now);
          if (end.endsWith('retry')) await unlucky.settle(taken, { kind: 'retry', reason: 'x' }, now);
          if (end === 'unanswered') await unlucky.settle(taken, { kind: 'retry', reason: 'x', unanswered: true }, now);
          mayHaveIt ||= end.endsWith('delivered') || end === 'unanswered' || end === 'died';
        }
        const reached = await reach(delivery, now + LEASE);
        seen.set(reached, (seen.get(reached) ?? 0) + 1);
        expect(reached).toBe(mayHaveIt ? 'reached' : 'not-reached');
      }),
      { numRuns: 40 },
    );
    expect([...seen.keys()].toSorted()).toEqual(['not-reached', 'reached']);
  });
});
