import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ChangeBody } from '../../shared/contract/interests.ts';
import type { LeadRouting } from '../../shared/dealers/dealer.ts';
import { leadDeliveries, MOST_TRIES } from '../../shared/outbox/delivery.ts';
import type { DispatchDesk } from '../../shared/outbox/dispatch-desk.ts';
import type { Dispatched } from '../../shared/outbox/send-delivery.ts';
import { changeReservation } from '../../shared/reservations/change-reservation.ts';
import { withdrawReservation } from '../../shared/reservations/withdraw-reservation.ts';
import { type WebhookClient, webhookClient } from '../../shared/runtime/webhook-client.ts';
import type { WebhookPost, WebhookResult } from '../../shared/webhooks/webhook-post.ts';
import { adfFaults } from '../leads/adf-validator.ts';
import { dealersOf, storesOf, sweep } from '../reservations/test-desk.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { endpoint, socketEndpoint } from '../webhooks/endpoint.ts';
import { fatesOf, someone } from './outbox-desk.ts';

const SECOND = 1_000;
const URL_OF_STORE = 'https://crm.example.com/leads';
const SECRETS = [1, 2].map((fill) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`);
const [SECRET = ''] = SECRETS;
const JSON_WEBHOOK: LeadRouting = { webhookUrl: URL_OF_STORE, webhookSecret: SECRET };

const NO_POST: WebhookPost = { url: '', headers: {}, contentType: '', body: '{}' };

let tables: LocatorTables;
beforeEach(async () => {
  tables = await makeLocatorTables();
});

/** Somebody whose lead for the store `north`, of this routing, is still to be sent. */
async function confirmedBuyer(routing: LeadRouting = JSON_WEBHOOK) {
  const buyer = someone(tables);
  const route = (to: LeadRouting, status: 'expected' | 'withdrawn' = 'expected') => {
    const stores = storesOf().map((store) => (store.id === 'north' ? { ...store, status, routing: to } : store));
    Object.assign(buyer.desk, { dealers: dealersOf(stores) });
  };
  route(routing);
  const { manageToken, number } = await buyer.confirmed();
  buyer.inbox.length = 0;
  const answer = (result: WebhookResult) => {
    const postWebhook: DispatchDesk['postWebhook'] = async (webhook) => {
      buyer.posts.push(webhook);
      return result;
    };
    Object.assign(buyer.desk, { postWebhook });
  };
  const change = (body: ChangeBody) =>
    changeReservation(manageToken, { body, globalPrivacyControl: false }, buyer.desk);
  const withdraw = () => withdrawReservation(manageToken, buyer.desk);
  const leadId = async () => {
    const held = await buyer.held();
    return (held?.status === 'confirmed' && held.leadId) || 'none';
  };
  const later = async (seconds: number): Promise<Dispatched[]> => {
    buyer.clock.now += seconds * SECOND;
    return sweep(buyer.desk);
  };
  return { ...buyer, number, route, answer, change, withdraw, leadId, later };
}

const typeOf = (body: string) => (JSON.parse(body) as { type: string }).type;

describe('a lead by webhook', () => {
  test('is signed over what is sent, by both secrets while one takes the other’s place', async () => {
    const { desk, posts, clock, leadId, email } = await confirmedBuyer({
      ...JSON_WEBHOOK,
      webhookSecret: SECRETS.join(' '),
    });
    await sweep(desk);
    const [{ url, headers, body, contentType } = NO_POST] = posts;
    expect(posts).toHaveLength(1);
    expect([url, contentType]).toEqual([URL_OF_STORE, 'application/json']);
    const id = headers['webhook-id'];
    expect(id).toBe(`${await leadId()}-${clock.now}`);
    expect(headers['webhook-timestamp']).toBe(String(Math.floor(clock.now / 1000)));
    expect(headers['webhook-signature']?.split(' ')).toEqual(
      [1, 2].map((fill) => {
        const mac = createHmac('sha256', Buffer.alloc(32, fill)).update(
          `${id}.${headers['webhook-timestamp']}.${body}`,
        );
        return `v1,${mac.digest('base64')}`;
      }),
    );
    expect(JSON.parse(body)).toMatchObject({
      type: 'lead.created',
      timestamp: new Date(clock.now).toISOString(),
      data: { leadId: await leadId(), resend: false, customer: { email } },
    });
    expect(await fatesOf('webhook', tables)).toEqual([{ status: 'delivered', why: undefined }]);
  });

  test('in ADF is valid, and one that changes is sent again', async () => {
    const { desk, posts, change, leadId } = await confirmedBuyer({ ...JSON_WEBHOOK, webhookFormat: 'adf' });
    await sweep(desk);
    await change({ model: 'undecided' });
    await sweep(desk);
    expect(adfFaults(posts.map(({ body }) => body))).toEqual([]);
    expect(posts.map(({ body }) => /<prospect status="(\w+)">/.exec(body)?.[1])).toEqual(['new', 'resend']);
    for (const { body, contentType } of posts) {
      expect(contentType).toMatch(/^application\/xml/);
      expect(body).toContain(await leadId());
    }
  });

  test('has one id on every try, another when it has changed, and its time is that of this try', async () => {
    const { desk, posts, answer, later, change, clock } = await confirmedBuyer();
    answer({ kind: 'retry', reason: 'the endpoint cut the connection', unanswered: true });
    await sweep(desk);
    await later(5);
    clock.now += SECOND;
    await change({ model: 'undecided' });
    answer({ kind: 'delivered' });
    await sweep(desk);
    const [first, second, third] = posts.map(({ headers }) => headers);
    expect(posts).toHaveLength(3);
    expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
    expect(Number(second?.['webhook-timestamp'])).toBe(Number(first?.['webhook-timestamp']) + 5);
    expect(third?.['webhook-id']).not.toBe(first?.['webhook-id']);
    // The tries before may have got through without anyone knowing.
    expect(posts.map(({ body }) => typeOf(body))).toEqual(['lead.created', 'lead.created', 'lead.updated']);
    expect(JSON.parse(posts[2]?.body ?? '')).toMatchObject({
      data: { resend: true, interest: { model: { id: 'undecided' } } },
    });
  });

  test('is still a new one after a change when it is known that no try got through', async () => {
    const { desk, posts, answer, change, clock } = await confirmedBuyer();
    answer({ kind: 'retry', reason: 'the endpoint answered 503' });
    await sweep(desk);
    clock.now += SECOND;
    await change({ model: 'undecided' });
    answer({ kind: 'delivered' });
    await sweep(desk);
    expect(posts.map(({ body }) => typeOf(body))).toEqual(['lead.created', 'lead.created']);
  });

  test('is an update when it is sent once more without a change', async () => {
    const { desk, posts, leadId, held, clock } = await confirmedBuyer();
    await sweep(desk);
    const reservation = await held();
    clock.now += SECOND;
    const lead = { id: await leadId(), reservationId: reservation?.id ?? '', dealerId: 'north' };
    await desk.outbox.renew(leadDeliveries(lead, ['webhook'], reservation?.version ?? 0, clock.now));
    await sweep(desk);
    expect(posts.map(({ body }) => typeOf(body))).toEqual(['lead.created', 'lead.updated']);
    expect(new Set(posts.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });

  test('is a new one to the store that a change has brought it to, and an update once something changes after', async () => {
    const { desk, posts, change, clock, leadId } = await confirmedBuyer();
    // Before anything is sent; the lead that comes back is another.
    clock.now += SECOND;
    await change({ dealerId: 'west' });
    clock.now += SECOND;
    await change({ dealerId: 'north' });
    const brought = await leadId();
    await sweep(desk);
    await change({ model: 'undecided' });
    await sweep(desk);
    expect(posts.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'lead.created', data: { leadId: brought, resend: false } },
      { type: 'lead.updated', data: { leadId: brought, resend: true } },
    ]);
  });

  test('goes out by webhook alone to a store that has no other channel, and nobody is reminded', async () => {
    const { desk, inbox, email, later } = await confirmedBuyer();
    await sweep(desk);
    await later(72 * 3600);
    expect(inbox.filter(({ to }) => to !== email)).toEqual([]);
    expect(await fatesOf('reminder-mail', tables)).toEqual([]);
  });
});

describe('a webhook that is not taken', () => {
  test('is put off by the schedule and a little chance, and never for less than the endpoint asks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.option(fc.integer({ min: 1, max: 86_400 }), { nil: undefined }),
        async (chance, retryAfterSeconds) => {
          tables = await makeLocatorTables();
          const { desk, answer, clock } = await confirmedBuyer();
          Object.assign(desk, { chance: () => chance });
          const reason = 'the endpoint answered 429';
          answer({ kind: 'retry', reason, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
          await sweep(desk);
          const [row] = (await tables.scan('outbox')).filter(({ channel }) => channel === 'webhook');
          const wait = Number(row?.['dueAtSeconds']) - Math.floor(clock.now / 1000);
          expect(row).toMatchObject({ status: 'pending', lastError: reason });
          expect(wait).toBeGreaterThanOrEqual(Math.max(5, retryAfterSeconds ?? 0));
          expect(wait).toBeLessThanOrEqual(Math.max(6, retryAfterSeconds ?? 0));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('is given up after the last try, and is never posted again', async () => {
    const { desk, posts, answer, later } = await confirmedBuyer();
    answer({ kind: 'retry', reason: 'the endpoint answered 500', retryAfterSeconds: 86_400 });
    const outcomes = await sweep(desk);
    while (posts.length < MOST_TRIES) outcomes.push(...(await later(86_400)));
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(1);
    expect(await later(30 * 86_400)).toEqual([]);
    expect(posts).toHaveLength(MOST_TRIES);
    expect(await fatesOf('webhook', tables)).toEqual([{ status: 'failed', why: 'the endpoint answered 500' }]);
  });

  test('at a refused address is given up at once', async () => {
    const { desk, answer, later, posts } = await confirmedBuyer();
    answer({ kind: 'failed', reason: 'the webhook address is not on the public internet' });
    await sweep(desk);
    await later(86_400);
    expect(posts).toHaveLength(1);
    expect(await fatesOf('webhook', tables)).toMatchObject([{ status: 'failed' }]);
  });

  test('as the endpoint is gone switches it off, for every lead of the store, until it has another address', async () => {
    const first = await confirmedBuyer();
    first.answer({ kind: 'gone' });
    await sweep(first.desk);
    const second = await confirmedBuyer();
    await sweep(second.desk);
    expect(second.posts).toEqual([]);
    expect(await fatesOf('webhook', tables)).toEqual(
      expect.arrayContaining([
        { status: 'failed', why: 'the endpoint answered 410: it is gone' },
        { status: 'failed', why: 'the endpoint said that it is gone' },
      ]),
    );
    const third = await confirmedBuyer({ ...JSON_WEBHOOK, webhookUrl: `${URL_OF_STORE}/new` });
    await sweep(third.desk);
    expect(third.posts).toHaveLength(1);
  });

  test('is told apart by whether anyone knows: the store is asked to delete what it may have', async () => {
    const reach = async (result: WebhookResult) => {
      const { desk, answer, leadId, clock } = await confirmedBuyer();
      answer(result);
      await sweep(desk);
      return desk.outbox.reachOf(await leadId(), clock.now + 120 * SECOND);
    };
    expect(await reach({ kind: 'retry', reason: 'the endpoint answered 500' })).toBe('not-reached');
    const unanswered = { kind: 'retry', reason: 'the endpoint cut the connection', unanswered: true } as const;
    expect(await reach(unanswered)).toBe('reached');
  });

  test('is told apart so by the client', async () => {
    const lookup = () => Promise.reject(new Error('ENOTFOUND'));
    const local = webhookClient({ allowLoopback: true, timeoutMilliseconds: 500 });
    const nameless = webhookClient({ allowLoopback: true, timeoutMilliseconds: 500, lookup });
    const isUnknown = async (url: string, through: WebhookClient) => {
      const result = await through.post({ url, headers: {}, contentType: 'application/json', body: '{}' });
      if (result.kind !== 'retry') throw new Error(`must be put off, not ${result.kind}`);
      return result.unanswered ?? false;
    };
    const isUnknownAt = (port: number) => isUnknown(`http://127.0.0.1:${port}/`, local);
    const busy = await endpoint((response) => response.writeHead(500).end());
    const behindGateway = await endpoint((response) => response.writeHead(504).end());
    const silent = await endpoint(() => {});
    const cutting = await socketEndpoint((socket) => socket.on('data', () => socket.destroy()));
    expect(await isUnknownAt(busy.port)).toBe(false);
    expect(await isUnknownAt(behindGateway.port)).toBe(true);
    expect(await isUnknownAt(silent.port)).toBe(true);
    expect(await isUnknownAt(cutting.port)).toBe(true);
    expect(await isUnknownAt(await closedPort())).toBe(false);
    expect(await isUnknown('https://crm.example.com/', nameless)).toBe(false);
  });
});

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a closed lead', () => {
  test.each([
    ['another-store', (b: Awaited<ReturnType<typeof confirmedBuyer>>) => b.change({ dealerId: 'south' })],
    ['withdrawn', (b: Awaited<ReturnType<typeof confirmedBuyer>>) => b.withdraw()],
  ])('is told in JSON with its reason, %s, and nothing of the buyer', async (reason, close) => {
    const buyer = await confirmedBuyer();
    const leadId = await buyer.leadId();
    await sweep(buyer.desk);
    buyer.clock.now += SECOND;
    await close(buyer);
    await sweep(buyer.desk);
    const [, { headers, body } = NO_POST] = buyer.posts;
    expect(buyer.posts).toHaveLength(2);
    expect(JSON.parse(body)).toEqual({
      type: 'lead.closed',
      timestamp: new Date(buyer.clock.now).toISOString(),
      data: { leadId, reservationNumber: buyer.number, storeId: 'north', reason },
    });
    expect(headers['webhook-id']).toBe(`${leadId}-${buyer.clock.now}-closed`);
    for (const data of ['Marie', 'Laurent', buyer.email, '3055550123']) expect(body).not.toContain(data);
  });

  test('is not told to an endpoint for ADF, to a store without one, or to one that was never sent it', async () => {
    const adf = await confirmedBuyer({ ...JSON_WEBHOOK, webhookFormat: 'adf' });
    await sweep(adf.desk);
    await adf.withdraw();
    await sweep(adf.desk);
    expect(adf.posts).toHaveLength(1);

    const mailed = await confirmedBuyer({ leadEmail: 'sales@north.example' });
    await sweep(mailed.desk);
    await mailed.withdraw();
    await sweep(mailed.desk);
    expect(mailed.posts).toEqual([]);

    const never = await confirmedBuyer();
    await never.withdraw();
    await sweep(never.desk);
    expect(never.posts).toEqual([]);
    const without = { status: 'cancelled', why: 'the store has no webhook for JSON' };
    const neverSent = { status: 'cancelled', why: 'the store was never sent the lead' };
    const fates = await fatesOf('lead-closed-webhook', tables);
    expect(fates).toHaveLength(3);
    expect(fates).toEqual(expect.arrayContaining([without, neverSent]));
  });
});

describe('a store that is withdrawn, or has lost its channel, before the lead is sent', () => {
  test.each([
    ['webhook', JSON_WEBHOOK],
    ['adf-mail', { adfEmail: 'adf@north.example' }],
  ] as const)('gets nothing by %s when withdrawn: the lead goes to the fallback address', async (channel, routing) => {
    const { desk, posts, inbox, email, route, later, withdraw } = await confirmedBuyer(routing);
    route(routing, 'withdrawn');
    await sweep(desk);
    await later(1);
    expect(posts).toEqual([]);
    expect(inbox.map(({ to }) => to).filter((to) => to !== email)).toEqual(['leads@fallback.example']);
    expect(await fatesOf(channel, tables)).toEqual([{ status: 'cancelled', why: 'the store is withdrawn' }]);
    await withdraw();
    await later(1);
    expect(posts).toEqual([]);
  });

  test.each([
    ['webhook', JSON_WEBHOOK],
    ['adf-mail', { adfEmail: 'adf@north.example' }],
  ] as const)('without a %s any more has it mailed to its people, once', async (channel, routing) => {
    const { desk, inbox, route, later, email, posts } = await confirmedBuyer(routing);
    route({ leadEmail: 'new@north.example' });
    await sweep(desk);
    await later(1);
    await later(3600);
    expect(posts).toEqual([]);
    expect(inbox.map(({ to }) => to).filter((to) => to !== email)).toEqual(['new@north.example']);
    expect(await fatesOf(channel, tables)).toMatchObject([{ status: 'cancelled' }]);
  });

  test('is mailed no second time when its people have the lead by mail already', async () => {
    const both = { ...JSON_WEBHOOK, leadEmail: 'sales@north.example' };
    const { desk, inbox, route, later, email } = await confirmedBuyer(both);
    route({ leadEmail: 'sales@north.example' });
    await sweep(desk);
    await later(3600);
    expect(inbox.map(({ to }) => to).filter((to) => to !== email)).toEqual(['sales@north.example']);
  });
});
