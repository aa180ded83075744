import { randomUUID } from 'node:crypto';
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  backoffSeconds,
  buyerDelivery,
  type ClaimedDelivery,
  type Delivery,
  type DeliveryOutcome,
  leadDeliveries,
} from '../../shared/outbox/delivery.ts';
import { deliveryKeyOf } from '../../shared/outbox/outbox-row.ts';
import { NEW_DELIVERY_FILTER, outboxTable } from '../../shared/outbox/outbox-table.ts';
import { faultyClient } from '../support/faulty-client.ts';
import { type LocatorTables, localDocumentClient, makeLocatorTables } from '../support/locator-tables.ts';

const START = Date.UTC(2026, 10, 23, 14, 5, 9, 120);
const SECOND = 1_000;
const LEASE = 120 * SECOND;

let tables: LocatorTables;
beforeEach(async () => {
  tables = await makeLocatorTables();
});

/** A mail to a buyer, and a lead with two mails to its store. */
async function written(): Promise<{ mail: Delivery; leadId: string; leadMail: Delivery }> {
  const reservation = { reservationId: randomUUID(), reservationVersion: 2, nowMilliseconds: START };
  const mail = buyerDelivery('receipt-mail', { id: randomUUID(), ...reservation });
  const lead = {
    id: randomUUID(),
    reservationId: reservation.reservationId,
    reservationNumber: 'ALP-7K3Q-9XTM',
    dealerId: 'north',
    createdAt: new Date(START).toISOString(),
  };
  const [leadMail, adfMail] = leadDeliveries(lead, ['lead-mail', 'adf-mail'], 2, START);
  if (leadMail === undefined || adfMail === undefined) throw new Error('must be two');
  await tables.client.send(
    new TransactWriteCommand({ TransactItems: tables.outbox.additions(lead, [mail, leadMail, adfMail]) }),
  );
  return { mail, leadId: lead.id, leadMail };
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

test('a delivery that is there already is not added again, nor anything beside it', async () => {
  const { mail } = await written();
  await claimed(mail, START);
  const held = await rowOf(mail);
  const other = buyerDelivery('receipt-mail', { ...mail, id: randomUUID(), nowMilliseconds: START });
  const again = new TransactWriteCommand({ TransactItems: tables.outbox.additions(undefined, [mail, other]) });
  await expect(tables.client.send(again)).rejects.toMatchObject({ name: 'TransactionCanceledException' });
  expect(await rowOf(mail)).toEqual(held);
  expect(await rowOf(other)).toBeUndefined();
});

describe('claiming', () => {
  test('gives a delivery to one of twenty at the same moment', async () => {
    const { mail } = await written();
    const taken = await Promise.all(
      Array.from({ length: 20 }, () => outboxTable(localDocumentClient(), tables.names.outbox).claim(mail, START)),
    );
    expect(taken.filter((delivery) => delivery !== undefined)).toMatchObject([
      { ...mail, attempts: 1, dueAtSeconds: expect.any(Number) },
    ]);
  });

  test('lasts two minutes, unless it is settled', async () => {
    const { mail } = await written();
    await claimed(mail, START);
    expect(await tables.outbox.claim(mail, START + LEASE - SECOND)).toBeUndefined();
    expect(await tables.outbox.claim(mail, START + LEASE)).toMatchObject({ attempts: 2 });
  });

  test('waits until a delivery is due', async () => {
    const { mail } = await written();
    expect(await tables.outbox.claim(mail, START - SECOND)).toBeUndefined();
    expect(await tables.outbox.claim(mail, START)).toBeDefined();
  });

  test('of one that never was gives nothing', async () => {
    expect(await tables.outbox.claim({ group: 'mail#none', channel: 'receipt-mail' }, START)).toBeUndefined();
  });

  test('whose answer was lost ends with its lease, and the delivery comes back', async () => {
    const { mail } = await written();
    const unlucky = outboxTable(
      faultyClient(() => 'sent-twice'),
      tables.names.outbox,
    );
    expect(await unlucky.claim(mail, START)).toBeUndefined();
    expect(await tables.outbox.claim(mail, START + LEASE)).toMatchObject({ attempts: 2 });
  });
});

describe('settling', () => {
  test.each<[DeliveryOutcome]>([
    [{ kind: 'delivered' }],
    [{ kind: 'cancelled', reason: 'the reservation is gone' }],
    [{ kind: 'failed', reason: 'MessageRejected' }],
  ])('$kind ends a delivery', async (outcome) => {
    const { mail } = await written();
    expect(await tables.outbox.settle(await claimed(mail, START), outcome, START)).toBe(outcome.kind);
    expect(await tables.outbox.claim(mail, START + 30 * 86_400 * SECOND)).toBeUndefined();
    const row = await rowOf(mail);
    expect(row).toMatchObject({ status: outcome.kind, attempts: 1 });
    expect(row?.['lastError']).toBe('reason' in outcome ? outcome.reason : undefined);
    expect(row).not.toHaveProperty('due');
  });

  test.each(['delivered', 'failed', 'retry'] as const)(
    'tells how it ended (%s) also when its answer was lost and it is sent twice',
    async (kind) => {
      const { mail } = await written();
      const unlucky = outboxTable(
        faultyClient(() => 'sent-twice'),
        tables.names.outbox,
      );
      const outcome = kind === 'delivered' ? { kind } : { kind, reason: 'MessageRejected' };
      const status = await unlucky.settle(await claimed(mail, START), outcome, START + SECOND);
      // An alarm listens for those that have failed.
      expect(status).toBe(kind === 'retry' ? 'pending' : kind);
      expect(await rowOf(mail)).toMatchObject({ status, attempts: 1 });
    },
  );

  test('puts off by the schedule, and gives up after the last try', async () => {
    const { leadMail } = await written();
    let now = START;
    for (let attempts = 1; ; attempts += 1) {
      const wait = backoffSeconds(attempts);
      const taken = await claimed(leadMail, now);
      expect(taken.attempts).toBe(attempts);
      const status = await tables.outbox.settle(taken, { kind: 'retry', reason: 'Throttled' }, now);
      expect(status).toBe(wait === undefined ? 'failed' : 'pending');
      if (wait === undefined) break;
      expect(await tables.outbox.claim(leadMail, now + (wait - 1) * SECOND)).toBeUndefined();
      now += wait * SECOND;
    }
    expect(await rowOf(leadMail)).toMatchObject({ status: 'failed', lastError: 'Throttled' });
    expect(await tables.outbox.claim(leadMail, now + 30 * 86_400 * SECOND)).toBeUndefined();
  });

  test('is refused to one whose claim has ended and passed to another', async () => {
    const { mail } = await written();
    const slow = await claimed(mail, START);
    const next = await claimed(mail, START + LEASE);
    expect(await tables.outbox.settle(slow, { kind: 'delivered' }, START + LEASE)).toBe('superseded');
    expect(await tables.outbox.settle(next, { kind: 'delivered' }, START + LEASE)).toBe('delivered');
  });

  test('lets mails to buyers go after thirty days, and keeps the ledger of leads', async () => {
    const { mail, leadMail } = await written();
    await tables.outbox.settle(await claimed(mail, START), { kind: 'delivered' }, START);
    await tables.outbox.settle(await claimed(leadMail, START), { kind: 'delivered' }, START);
    expect((await rowOf(mail))?.['expiresAtSeconds']).toBe(Math.floor(START / SECOND) + 30 * 86_400);
    expect(await rowOf(leadMail)).not.toHaveProperty('expiresAtSeconds');
  });

  test('does not let a mail go that is still to be sent', async () => {
    const { mail } = await written();
    await tables.outbox.settle(await claimed(mail, START), { kind: 'retry', reason: 'Throttled' }, START);
    expect(await rowOf(mail)).not.toHaveProperty('expiresAtSeconds');
  });
});

test('what is due is listed, the longest due first, and nothing once all is settled', async () => {
  const anyTries = fc.array(
    fc.tuple(fc.nat({ max: 2 }), fc.constantFrom<DeliveryOutcome['kind'] | 'died'>('delivered', 'retry', 'died')),
    {
      maxLength: 6,
    },
  );
  await fc.assert(
    fc.asyncProperty(anyTries, async (tries) => {
      tables = await makeLocatorTables();
      const { mail, leadMail } = await written();
      const rows = [mail, leadMail, { ...leadMail, channel: 'adf-mail' as const }];
      // When each is due next; Infinity for what is done.
      const due = new Map(rows.map(({ channel }) => [channel, Math.floor(START / SECOND)]));
      let now = START;
      for (const [at, outcome] of tries) {
        now += 10 * SECOND;
        const row = rows[at] ?? mail;
        const taken = await tables.outbox.claim(row, now);
        expect(taken !== undefined).toBe((due.get(row.channel) ?? 0) * SECOND <= now);
        if (taken === undefined) continue;
        const seconds = Math.floor(now / SECOND);
        if (outcome === 'died') {
          due.set(row.channel, seconds + LEASE / SECOND);
          continue;
        }
        await tables.outbox.settle(
          taken,
          outcome === 'retry' ? { kind: 'retry', reason: 'x' } : { kind: 'delivered' },
          now,
        );
        due.set(
          row.channel,
          outcome === 'retry' ? seconds + (backoffSeconds(taken.attempts) ?? 0) : Number.POSITIVE_INFINITY,
        );
      }
      for (const moment of [now, now + 10 * SECOND, now + 400 * SECOND]) {
        const listed = await tables.outbox.listDue(moment, 100);
        const expected = [...due].filter(([, seconds]) => seconds * SECOND <= moment);
        expect(new Set(listed.map(({ channel }) => channel))).toEqual(new Set(expected.map(([channel]) => channel)));
        const times = listed.map(({ channel }) => due.get(channel) ?? 0);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(await tables.outbox.listDue(moment, 1)).toHaveLength(Math.min(1, expected.length));
      }
    }),
    { numRuns: 8 },
  );
});

test('the deliveries of a lead lie together, apart from its own row', async () => {
  const { leadId } = await written();
  const deliveries = await tables.outbox.listDeliveries(leadId);
  expect(deliveries.map(({ channel }) => channel)).toEqual(['adf-mail', 'lead-mail']);
  expect(await tables.outbox.listDeliveries('none')).toEqual([]);
});

test('the keys of a row name its delivery, and new rows are what the stream lets through', async () => {
  const { mail, leadMail } = await written();
  for (const delivery of [mail, leadMail]) {
    const row = await rowOf(delivery);
    const { group, channel } = delivery;
    expect(deliveryKeyOf({ pk: String(row?.['pk']), sk: String(row?.['sk']) })).toEqual({ group, channel });
    expect(NEW_DELIVERY_FILTER.dynamodb.NewImage.status.S).toContain(row?.['status']);
  }
  const [lead] = (await tables.scan('outbox')).filter((row) => row['sk'] === 'lead');
  expect(lead).not.toHaveProperty('status');
});
