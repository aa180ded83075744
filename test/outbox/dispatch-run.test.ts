import { randomUUID } from 'node:crypto';
import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from 'vitest';
import { FUNCTIONS } from '../../infra/functions.ts';
import { buyerDelivery, type Delivery, type DeliveryKey, leadDeliveries } from '../../shared/outbox/delivery.ts';
import type { DispatchDesk } from '../../shared/outbox/dispatch-desk.ts';
import { dispatchAll, RUN_MILLISECONDS, type RunResult, sweepOutbox } from '../../shared/outbox/dispatch-run.ts';
import { mailTurns } from '../../shared/outbox/mail-turns.ts';
import type { PendingReservation } from '../../shared/reservations/reservation.ts';
import { dealersOf, SIGNING_KEYS, START, storesOf } from '../reservations/test-desk.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { countingLimits } from './counting-limits.ts';
import { FakeClock } from './fake-clock.ts';
import { memoryOutbox } from './memory-outbox.ts';
import { someone } from './outbox-desk.ts';
import { sendingParts } from './sending-parts.ts';

const MOST = 14;

const pending: PendingReservation = {
  id: 'r',
  version: 1,
  status: 'pending',
  person: { email: 'someone@example.com', givenName: 'Some', familyName: 'One', zip: '33324' },
  personKey: '1:k',
  model: 'a110',
  dealerId: null,
  timeframe: null,
  locale: 'en-US',
  consents: [],
  disposableAddress: false,
  dimensions: {
    state: 'FL',
    county: '12011',
    metro: '33100',
    zip3: '333',
    dealer: 'none',
    model: 'a110',
    timeframe: 'unknown',
    distanceBand: 'none',
    campaign: 'none',
    locale: 'en-US',
  },
  history: [],
  expiresAtSeconds: START / 1000 + 1e6,
};

function mails(count: number): Delivery[] {
  const about = { reservationId: 'r', reservationVersion: 1, nowMilliseconds: START };
  return Array.from({ length: count }, () => buyerDelivery('confirmation-mail', { id: randomUUID(), ...about }));
}

/** A desk in memory at a clock of its own, whose mailer takes its time. */
function memoryDesk(deliveries: readonly Delivery[], mailMilliseconds: number) {
  const clock = new FakeClock(START);
  const outbox = memoryOutbox(deliveries);
  const sentAt: number[] = [];
  const desk: DispatchDesk = {
    outbox,
    reservations: { find: async () => pending, placeInLine: async () => 1 },
    dealers: dealersOf(storesOf()),
    signingKeys: SIGNING_KEYS,
    siteUrl: 'https://alpine.example',
    fallbackLeadEmail: 'leads@fallback.example',
    ...sendingParts(),
    nowMilliseconds: clock.nowMilliseconds,
    async sendMail() {
      sentAt.push(clock.now);
      await clock.pause(mailMilliseconds);
    },
    reportFault(error) {
      throw error;
    },
  };
  const limits = countingLimits();
  /** Another machine's desk. */
  const machine = (): DispatchDesk => ({
    ...desk,
    awaitMailTurn: mailTurns({ ...clock, most: MOST, limits, chance: () => 0.5 }),
  });
  return { clock, desk, machine, outbox, sentAt };
}

const perSecond = (times: readonly number[]) => {
  const counts = new Map<number, number>();
  for (const time of times) counts.set(Math.floor(time / 1000), (counts.get(Math.floor(time / 1000)) ?? 0) + 1);
  return counts;
};

describe('pacing', () => {
  test.each([100, 900])('one sweep reaches 14 mails a second at %i ms a mail, and never more', async (milliseconds) => {
    const { clock, machine, sentAt, outbox } = memoryDesk(mails(1_000), milliseconds);
    const run = { desk: machine(), untilMilliseconds: START + RUN_MILLISECONDS, report: () => {} };
    await clock.run(sweepOutbox(run));
    const counts = perSecond(sentAt);
    // Of the last second only a part is before the end.
    const full = [...counts].filter(([second]) => second < Math.floor((START + RUN_MILLISECONDS) / 1000));
    for (const [, count] of full) expect(count).toBe(MOST);
    for (const count of counts.values()) expect(count).toBeLessThanOrEqual(MOST);
    expect(clock.now).toBeLessThan(START + RUN_MILLISECONDS + 1_000);
    // The rest is as it was: neither claimed nor failed.
    const left = outbox.rows().filter(({ status }) => status === 'pending');
    expect(left).toHaveLength(1_000 - sentAt.length);
    expect(left.every(({ attempts }) => attempts === 0)).toBe(true);
  });

  test('a sweep a minute drains 10,000, beside five machines at the stream, without one lost or sent twice', async () => {
    const all = mails(10_000);
    const { clock, machine, sentAt, outbox } = memoryDesk(all, 120);
    const results: RunResult[] = [];
    const report = (_: DeliveryKey, result: RunResult) => results.push(result);
    const sweeps = async () => {
      while (outbox.rows().some(({ status }) => status === 'pending')) {
        const minute = clock.now;
        await sweepOutbox({ desk: machine(), untilMilliseconds: minute + RUN_MILLISECONDS, report });
        await clock.pauseUntil(minute + 60_000);
      }
    };
    // The stream gives each machine ten at a time.
    const stream = all.values();
    const deliver = async () => {
      const desk = machine();
      for (let batch = stream.take(10).toArray(); batch.length > 0; batch = stream.take(10).toArray()) {
        await dispatchAll(batch, { desk, untilMilliseconds: clock.now + RUN_MILLISECONDS, report });
      }
    };
    await clock.run(Promise.all([sweeps(), ...Array.from({ length: 5 }, deliver)]));
    for (const count of perSecond(sentAt).values()) expect(count).toBeLessThanOrEqual(MOST);
    expect(sentAt).toHaveLength(10_000);
    expect(outbox.rows().filter(({ status }) => status !== 'delivered')).toEqual([]);
    expect(results.filter((result) => 'thrown' in result)).toEqual([]);
    // Hardly a turn is wasted on what another has sent already.
    const seconds = (Math.max(...sentAt) - START) / 1000;
    expect(seconds).toBeLessThan((10_000 / MOST) * 1.1);
  }, 120_000);
});

describe('what keeps no others', () => {
  test('endpoints that do not answer: mails go on beside them', async () => {
    const lead = (id: string) => leadDeliveries({ id, reservationId: 'r', dealerId: 'north' }, ['webhook'], 1, START);
    const webhooks = Array.from({ length: 200 }, () => lead(randomUUID())).flat();
    const { clock, machine, sentAt, outbox } = memoryDesk([...webhooks, ...mails(200)], 100);
    const desk = machine();
    // Every webhook holds its place for as long as the client waits.
    const slow: DispatchDesk = {
      ...desk,
      outbox: {
        ...outbox,
        claim: async (key, now) => {
          if (key.channel === 'webhook') await clock.pause(15_000);
          return outbox.claim(key, now);
        },
      },
    };
    await clock.run(sweepOutbox({ desk: slow, untilMilliseconds: START + RUN_MILLISECONDS, report: () => {} }));
    expect(sentAt).toHaveLength(200);
    expect(Math.max(...sentAt) - START).toBeLessThan((200 / MOST + 1) * 1000);
    // The functions' own time.
    expect(clock.now - START).toBeLessThan(FUNCTIONS['sweep-outbox'].timeoutSeconds * 1000);
  });

  test('rows that cannot even be claimed: each is tried once in a run, and all behind them go out', async () => {
    const all = mails(3_000);
    const { clock, machine, sentAt, outbox } = memoryDesk(all, 10);
    const poison = new Set(all.slice(0, 2_900).map(({ group }) => group));
    const tried: string[] = [];
    const desk: DispatchDesk = {
      ...machine(),
      outbox: {
        ...outbox,
        claim: async (key, now) => {
          if (!poison.has(key.group)) return outbox.claim(key, now);
          tried.push(key.group);
          throw new TypeError('cannot be read');
        },
      },
    };
    const thrown: DeliveryKey[] = [];
    const report = (key: DeliveryKey, result: RunResult) => {
      if ('thrown' in result) thrown.push(key);
    };
    await clock.run(sweepOutbox({ desk, untilMilliseconds: START + RUN_MILLISECONDS, report }));
    expect(sentAt).toHaveLength(100);
    expect(new Set(tried).size).toBe(tried.length);
    expect(thrown).toHaveLength(2_900);
  });

  test('a run that cannot list what is due says so', async () => {
    const { clock, machine, outbox } = memoryDesk([], 10);
    const broken: DispatchDesk = {
      ...machine(),
      outbox: {
        ...outbox,
        // biome-ignore lint/correctness/useYield: it ends before it gives anything.
        async *duePages() {
          throw new TypeError('no such index');
        },
      },
    };
    const run = { desk: broken, untilMilliseconds: START + RUN_MILLISECONDS, report: () => {} };
    await expect(clock.run(sweepOutbox(run))).rejects.toThrow('no such index');
  });
});

describe('with the real table', () => {
  let tables: LocatorTables;
  beforeEach(async () => {
    tables = await makeLocatorTables();
  });

  test('a row that nobody can read stands before the others, and they all go out', async () => {
    const { desk, submit, inbox, clock } = someone(tables);
    for (let count = 0; count < 3; count += 1) {
      const poison = { pk: `mail#poison-${count}`, sk: 'delivery#receipt-mail', due: 'due', dueAtSeconds: count };
      // Its tries are no number, so no claim can count one more.
      const Item = { ...poison, status: 'pending', attempts: 'many', group: poison.pk, channel: 'receipt-mail' };
      await tables.client.send(new PutCommand({ TableName: tables.names.outbox, Item }));
    }
    await submit();
    const results = new Map<string, RunResult>();
    const report = ({ group }: DeliveryKey, result: RunResult) => results.set(group, result);
    await sweepOutbox({ desk, untilMilliseconds: clock.now + RUN_MILLISECONDS, report });
    expect(inbox).toHaveLength(1);
    expect([...results.values()].filter((result) => 'thrown' in result)).toHaveLength(3);
  });

  test('all pages of what is due are read', async () => {
    const keys = Array.from({ length: 250 }, () => mails(1)).flat();
    for (let at = 0; at < keys.length; at += 50) {
      const TransactItems = tables.outbox.additions(undefined, keys.slice(at, at + 50));
      await tables.client.send(new TransactWriteCommand({ TransactItems }));
    }
    const found: string[] = [];
    for await (const page of tables.outbox.duePages(START)) found.push(...page.map(({ group }) => group));
    expect(found.toSorted()).toEqual(keys.map(({ group }) => group).toSorted());
    for await (const page of tables.outbox.duePages(START - 10_000)) expect(page).toEqual([]);
  });
});
