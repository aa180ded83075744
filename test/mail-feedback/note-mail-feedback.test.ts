import { randomUUID } from 'node:crypto';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type FeedbackDesk,
  type NotedFeedback,
  noteMailFeedback,
} from '../../shared/mail-feedback/note-mail-feedback.ts';
import { sentDeliveryTable } from '../../shared/mail-feedback/sent-delivery-table.ts';
import {
  buyerDelivery,
  type Delivery,
  type DeliveryChannel,
  LEAD_CHANNELS,
  leadDeliveries,
} from '../../shared/outbox/delivery.ts';
import { endpointBlocks } from '../../shared/outbox/endpoint-block-table.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { START, someone } from '../reservations/test-desk.ts';
import { faultyClient } from '../support/faulty-client.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { type SesEventParts, sesEvent } from './ses-events.ts';

const SENT_AT = new Date(START + 2_000).toISOString();
const LATER = START + 60_000;
const STORE_MAIL = 'Sales@North.example';

let tables: LocatorTables;
let desk: FeedbackDesk;
beforeAll(async () => {
  tables = await makeLocatorTables();
  const blocks = endpointBlocks(tables.client, tables.names.outbox);
  desk = {
    deliveries: sentDeliveryTable(tables.client, tables.names.outbox),
    reservations: tables.reservations,
    blockAddress: (dealerId, channel, address) => blocks.block({ dealerId, channel, address }, 'bounced', LATER),
    nowMilliseconds: () => LATER,
    newId: randomUUID,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  };
});

async function added(delivery: Delivery): Promise<Delivery> {
  await tables.client.send(new TransactWriteCommand({ TransactItems: tables.outbox.additions(undefined, [delivery]) }));
  return delivery;
}

/** A delivery about a lead of a store of its own. */
async function aboutLead(channel: DeliveryChannel = 'lead-mail'): Promise<Delivery & { readonly dealerId: string }> {
  const dealerId = `store-${randomUUID().slice(0, 8)}`;
  const lead = { id: randomUUID(), reservationId: randomUUID(), dealerId };
  const [delivery] = leadDeliveries(lead, ['lead-mail'], 2, START);
  if (delivery === undefined) throw new Error('must be one');
  return { ...(await added({ ...delivery, channel })), dealerId };
}

async function toBuyer(reservationId: string, channel: 'receipt-mail' | 'confirmation-mail' = 'receipt-mail') {
  return added(
    buyerDelivery(channel, { id: randomUUID(), reservationId, reservationVersion: 2, nowMilliseconds: START }),
  );
}

async function handOver(delivery: Delivery, now = START + 2_000): Promise<void> {
  const claimed = await tables.outbox.claim(delivery, now);
  if (claimed === undefined) throw new Error('must be due');
  await tables.outbox.settle(claimed, { kind: 'delivered' }, now);
}

const told = (delivery: Delivery, parts: Partial<SesEventParts> = {}): Promise<NotedFeedback> =>
  noteMailFeedback(
    sesEvent({
      eventType: 'Bounce',
      group: delivery.group,
      channel: delivery.channel,
      to: STORE_MAIL,
      sentAt: SENT_AT,
      ...parts,
    }),
    desk,
  );
const rowOf = (delivery: Delivery) => desk.deliveries.find(delivery);
const blockOf = (dealerId: string, channel: 'lead-mail' | 'adf-mail') =>
  endpointBlocks(tables.client, tables.names.outbox).blockOf({ dealerId, channel, address: STORE_MAIL });

describe('a mail to a store that', () => {
  test.each([
    ['lead-mail', 'lead-mail', true],
    ['adf-mail', 'adf-mail', true],
    ['reminder-mail', 'lead-mail', false],
    ['lead-closed-mail', 'lead-mail', false],
  ] as const)('bounces (%s) has failed, and its address gets no more', async (channel, address, leadGivenUp) => {
    const delivery = await aboutLead(channel);
    await handOver(delivery);
    expect(await told(delivery)).toMatchObject({ outcome: 'failed', storeAddressBounced: true, leadGivenUp });
    expect(await rowOf(delivery)).toMatchObject({
      status: 'failed',
      lastError: 'the mail bounced: the address takes none',
    });
    expect(await blockOf(delivery.dealerId, address)).toMatchObject({ reason: 'bounced' });
    const other = address === 'lead-mail' ? 'adf-mail' : 'lead-mail';
    expect(await blockOf(delivery.dealerId, other)).toBeUndefined();
  });

  test('bounces is told as given up also when the answer to the mark was lost and it is sent twice', async () => {
    const delivery = await aboutLead();
    await handOver(delivery);
    const unlucky = sentDeliveryTable(
      faultyClient(() => 'sent-twice'),
      tables.names.outbox,
    );
    const mark = (now: number) => unlucky.fail(delivery, 'the mail bounced', SENT_AT, now);
    expect(await mark(LATER)).toBe(true);
    // An event that comes twice is another matter.
    expect(await mark(LATER + 1_000)).toBe(false);
  });

  test('is called spam there ends mail to that address as well', async () => {
    const delivery = await aboutLead();
    await handOver(delivery);
    expect(await told(delivery, { eventType: 'Complaint' })).toMatchObject({ outcome: 'failed' });
    expect(await blockOf(delivery.dealerId, 'lead-mail')).toBeDefined();
  });

  test.each(['Reject', 'Rendering Failure'] as const)(
    'SES itself holds back (%s) has failed, and says nothing about the address',
    async (eventType) => {
      const delivery = await aboutLead();
      await handOver(delivery);
      expect(await told(delivery, { eventType })).toMatchObject({
        outcome: 'failed',
        storeAddressBounced: false,
        leadGivenUp: true,
      });
      expect(await blockOf(delivery.dealerId, 'lead-mail')).toBeUndefined();
    },
  );

  test.each(['Transient', 'Undetermined'] as const)(
    'does not arrive for now (%s) keeps a word of it',
    async (bounceType) => {
      const delivery = await aboutLead();
      await handOver(delivery);
      expect(await told(delivery, { bounceType })).toMatchObject({ outcome: 'remarked', storeAddressBounced: false });
      expect(await rowOf(delivery)).toMatchObject({
        status: 'delivered',
        lastError: expect.stringContaining('mailbox'),
      });
      expect(await blockOf(delivery.dealerId, 'lead-mail')).toBeUndefined();
    },
  );

  test('bounces before its sending was noted has failed, and stays so', async () => {
    const delivery = await aboutLead();
    const claimed = await tables.outbox.claim(delivery, START + 1_000);
    if (claimed === undefined) throw new Error('must be due');
    await told(delivery);
    expect(await tables.outbox.settle(claimed, { kind: 'delivered' }, START + 3_000)).toBe('superseded');
    expect(await rowOf(delivery)).toMatchObject({ status: 'failed' });
    expect((await tables.outbox.listDue(LATER + 3_600_000, 1_000)).map(({ group }) => group)).not.toContain(
      delivery.group,
    );
  });

  test('was sent before the lead was made due again says nothing about the later one, but about the address', async () => {
    const delivery = await aboutLead();
    await handOver(delivery);
    const renewed = { ...delivery, createdAt: new Date(START + 30_000).toISOString(), reservationVersion: 3 };
    await tables.outbox.renew([renewed]);
    expect(await told(delivery)).toMatchObject({ outcome: 'past', leadGivenUp: false, storeAddressBounced: true });
    expect(await rowOf(delivery)).toMatchObject({ status: 'pending' });
    expect(await blockOf(delivery.dealerId, 'lead-mail')).toBeDefined();
  });

  test('is to the store group blocks no store, and is told all the same', async () => {
    const delivery = await aboutLead('escalation-mail');
    await handOver(delivery);
    expect(await told(delivery)).toMatchObject({ outcome: 'failed', storeAddressBounced: true, leadGivenUp: false });
    const rows = await tables.scan('outbox');
    expect(rows.filter(({ pk }) => pk === `endpoint#${delivery.dealerId}`)).toEqual([]);
  });
});

describe('a buyer’s complaint', () => {
  test('stops mail to a confirmed person, who keeps reservation, place in line and lead', async () => {
    const buyer = someone(tables);
    await buyer.confirmed();
    const before = await buyer.held();
    if (before?.status !== 'confirmed') throw new Error('must be confirmed');
    const counted = (await tables.scan('facts')).length;
    const delivery = await toBuyer(before.id);
    await told(delivery, { eventType: 'Complaint', to: buyer.email });
    const after = await buyer.held();
    expect(after).toEqual({
      ...before,
      version: before.version + 1,
      mailStopped: true,
      history: [...before.history, { at: '2026-11-23T14:06:09Z', event: 'complained' }],
    });
    expect(after?.history).toHaveLength(after?.version ?? 0);
    expect((await tables.scan('facts')).length).toBe(counted);
    expect(await blockOf(before.dealerId ?? '', 'lead-mail')).toBeUndefined();
    await told(delivery, { eventType: 'Complaint', to: buyer.email });
    expect(await buyer.held()).toEqual(after);
  });

  test('ends a pending reservation at once: its link confirms no more, and the person may ask anew', async () => {
    const buyer = someone(tables);
    await buyer.submit();
    const token = await buyer.confirmToken();
    const before = await buyer.held();
    const delivery = await toBuyer(before?.id ?? '', 'confirmation-mail');
    buyer.clock.now = LATER;
    await told(delivery, { eventType: 'Complaint', to: buyer.email });
    const ended = await buyer.held();
    expect(ended).toMatchObject({ id: before?.id, version: 2, expiresAtSeconds: Math.floor(LATER / 1000) });
    await told(delivery, { eventType: 'Complaint', to: buyer.email });
    expect(await buyer.held()).toEqual(ended);
    expect(await confirmInterest(token, buyer.desk)).toBeUndefined();
    expect(await buyer.submit()).toEqual({ kind: 'accepted' });
    const held = await buyer.held();
    expect(held).toMatchObject({ status: 'pending', version: 1 });
    expect(held?.id).not.toBe(before?.id);
    // The same complaint once more is about the one that has ended.
    await told(delivery, { eventType: 'Complaint', to: buyer.email });
    expect(await buyer.held()).toEqual(held);
  });

  test('after a withdrawal finds nothing to do', async () => {
    const buyer = someone(tables);
    const { manageToken } = await buyer.confirmed();
    const held = await buyer.held();
    const delivery = await toBuyer(held?.id ?? '');
    await withdrawReservation(manageToken, buyer.desk);
    await told(delivery, { eventType: 'Complaint', to: buyer.email });
    expect(await tables.reservations.find(held?.id ?? '')).toMatchObject({ status: 'withdrawn' });
  });

  test('is the only feedback that touches the reservation: a bounce leaves it', async () => {
    const buyer = someone(tables);
    await buyer.confirmed();
    const before = await buyer.held();
    const delivery = await toBuyer(before?.id ?? '');
    expect(await told(delivery, { to: buyer.email })).toMatchObject({
      outcome: 'failed',
      storeAddressBounced: false,
      leadGivenUp: false,
    });
    expect(await rowOf(delivery)).toMatchObject({ status: 'failed', expiresAtSeconds: expect.any(Number) });
    expect(await buyer.held()).toEqual(before);
  });
});

test('events come to the same end in any order, however often, and leave nothing of the recipient', async () => {
  const kinds = fc.constantFrom('Permanent', 'Transient', 'Complaint', 'Reject');
  await fc.assert(
    fc.asyncProperty(
      fc.array(kinds, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      fc.constantFrom(...LEAD_CHANNELS.filter((channel) => channel !== 'webhook')),
      async (events, isHandedOver, channel) => {
        const delivery = await aboutLead(channel);
        if (isHandedOver) await handOver(delivery);
        for (const kind of events) {
          const eventType = kind === 'Complaint' || kind === 'Reject' ? kind : 'Bounce';
          await told(delivery, { eventType, ...(kind === 'Transient' && { bounceType: 'Transient' }) });
        }
        const isLasting = events.some((kind) => kind !== 'Transient');
        const row = await rowOf(delivery);
        expect(row?.status).toBe(isLasting ? 'failed' : isHandedOver ? 'delivered' : 'pending');
        expect(row).toHaveProperty('lastError');
        const isDead = events.some((kind) => kind === 'Permanent' || kind === 'Complaint');
        expect((await blockOf(delivery.dealerId, channel)) !== undefined).toBe(isDead);
      },
    ),
    { numRuns: 40 },
  );
  const everything = JSON.stringify(await tables.scan('outbox')).toLowerCase();
  expect(everything).not.toContain(STORE_MAIL.toLowerCase());
  expect(everything).not.toContain('smtp;');
});

test('a delivery that is no longer there is nobody’s loss', async () => {
  const gone = { ...(await aboutLead()), group: `lead#${randomUUID()}` };
  expect(await told(gone)).toMatchObject({ outcome: 'unknown', storeAddressBounced: false });
});
