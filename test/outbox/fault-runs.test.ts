import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LeadRouting } from '../../shared/dealers/dealer.ts';
import { type DeliveryKey, MOST_TRIES } from '../../shared/outbox/delivery.ts';
import { type DispatchDesk, MailRefused } from '../../shared/outbox/dispatch-desk.ts';
import { RUN_MILLISECONDS, type RunResult, sweepOutbox } from '../../shared/outbox/dispatch-run.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { sesMailer } from '../../shared/runtime/mailer.ts';
import { webhookClient } from '../../shared/runtime/webhook-client.ts';
import { dealersOf, storesOf, sweep, tokensIn } from '../reservations/test-desk.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';
import { type Endpoint, endpoint, type Received } from '../webhooks/endpoint.ts';
import { someone } from './outbox-desk.ts';

const SECOND = 1_000;
const LEADS = 8;
/** Long enough for whoever answers at all; what a busy machine answers later is one more that nobody can know of. */
const PATIENCE_MS = 300;

/**
 * What becomes of a request. Not taken: `429`, and `500`, by which a mail's sender does not learn that. Taken, and the sender does
 * not learn it: `silent` never answers, `half-open` stops within its answer, `cut` closes the connection. `lost`: never taken, and
 * no answer either.
 */
const FATES = ['taken', '429', '500', 'silent', 'half-open', 'cut', 'lost'] as const;
type Fate = (typeof FATES)[number];
const TAKEN: readonly Fate[] = ['taken', 'silent', 'half-open', 'cut'];

/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Channels of mails that a lead waits. */
const NOTICE = /reminder|escalation/;

interface Taking {
  readonly endpoint: Endpoint;
  /** What was taken, each by what its receiver knows it by. */
  readonly taken: string[];
}

/** A real server that takes, refuses and breaks off as told. */
async function receiver(fateOf: () => Fate, keyOf: (request: Received) => string): Promise<Taking> {
  const taken: string[] = [];
  const server = await endpoint((response, request) => {
    const fate = fateOf();
    if (TAKEN.includes(fate)) taken.push(keyOf(request));
    const headers = { 'content-type': 'application/json' };
    if (fate === 'taken') response.writeHead(200, headers).end('{"MessageId":"m"}');
    else if (fate === '429')
      response.writeHead(429, { ...headers, 'x-amzn-errortype': 'TooManyRequestsException' }).end('{}');
    else if (fate === '500') response.writeHead(500, { ...headers, 'x-amzn-errortype': 'InternalFailure' }).end('{}');
    else if (fate === 'half-open') response.writeHead(200, { ...headers, 'content-length': 100 }).write('{');
    else if (fate === 'cut' || fate === 'lost') response.destroy();
  });
  return { endpoint: server, taken };
}

function mailKey({ body }: Received): string {
  const { EmailTags } = JSON.parse(body.toString()) as { EmailTags: { Name: string; Value: string }[] };
  return EmailTags.map(({ Value }) => Value).join(' ');
}

let tables: LocatorTables;
beforeEach(async () => {
  tables = await makeLocatorTables();
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Confirmed people, whose leads for a store with every channel are all still to be sent; the stream never comes. */
async function confirmedLeads(webhookPort: number) {
  const routing: LeadRouting = {
    leadEmail: 'sales@north.example',
    adfEmail: 'adf@north.example',
    webhookUrl: `http://127.0.0.1:${webhookPort}/`,
    webhookSecret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  };
  const dealers = dealersOf(storesOf().map((store) => (store.id === 'north' ? { ...store, routing } : store)));
  const { desk, clock, inbox } = someone(tables);
  Object.assign(desk, { dealers });
  const emails = Array.from({ length: LEADS }, (_, index) => `buyer-${index}@example.com`);
  for (const email of emails) await someone(tables, email).submit();
  await sweep(desk);
  for (const email of emails) {
    const [token = 'none'] = tokensIn(inbox, email, 'confirm');
    if ((await confirmInterest(token, desk)) === undefined) throw new Error('the link must confirm');
  }
  return { desk, clock };
}

interface Run {
  readonly outcomes: ReadonlyMap<string, number>;
}

/** A sweep a minute until nothing of the first three days is left to send. */
async function sweepUntilDone(desk: DispatchDesk, clock: { now: number }): Promise<Run> {
  const outcomes = new Map<string, number>();
  const count = (name: string) => outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  const report = (_: DeliveryKey, result: RunResult) => count('thrown' in result ? 'thrown' : result.outcome);
  for (let sweeps = 0; sweeps < 500; sweeps += 1) {
    await sweepOutbox({ desk, untilMilliseconds: clock.now + RUN_MILLISECONDS, report });
    const rows = await tables.scan('outbox');
    const left = rows.filter(({ status, channel }) => status === 'pending' && !NOTICE.test(String(channel)));
    if (left.length === 0) return { outcomes };
    const next = Math.min(...left.map(({ dueAtSeconds }) => Number(dueAtSeconds)));
    clock.now = Math.max(clock.now + 60 * SECOND, next * SECOND);
  }
  throw new Error('it never ends');
}

/** What was to be sent: three ways for each lead, and each buyer's receipt. */
async function expectedKeys(): Promise<{ mails: string[]; webhooks: string[] }> {
  const rows = await tables.scan('outbox');
  const of = (pattern: RegExp) => rows.filter(({ channel }) => pattern.test(String(channel)));
  return {
    mails: of(/^(lead-mail|adf-mail|receipt-mail)$/).map(
      ({ group, channel }) => `${String(group).replace('#', '_')} ${String(channel)}`,
    ),
    webhooks: of(/^webhook$/).map(({ leadId, createdAt }) => `${leadId}-${Date.parse(String(createdAt))}`),
  };
}

describe('the stream is off, SES and the endpoint fail in every way, and senders die: the sweep alone', () => {
  test.each([1, 2])(
    'loses none, and sends again only what nobody can know of (seed %i)',
    async (seed) => {
      const chance = chances(seed);
      // It lasts for six hours, so that none is tried so often that it is given up.
      let isStormy = () => false;
      const fateOf = (): Fate =>
        isStormy() && chance() < 0.5 ? (FATES[1 + Math.floor(chance() * (FATES.length - 1))] ?? 'taken') : 'taken';
      const ses = await receiver(fateOf, mailKey);
      const crm = await receiver(fateOf, ({ headers }) => String(headers['webhook-id']));
      vi.stubEnv('AWS_ENDPOINT_URL_SESV2', `http://127.0.0.1:${ses.endpoint.port}`);
      const { desk, clock } = await confirmedLeads(crm.endpoint.port);
      const calmAt = clock.now + 6 * 3600 * SECOND;
      isStormy = () => clock.now < calmAt;
      const client = webhookClient({ allowLoopback: true, timeoutMilliseconds: PATIENCE_MS });
      const sendMail = sesMailer({
        from: 'from@alpine.example',
        configurationSet: 'set',
        answerMilliseconds: PATIENCE_MS,
      });
      /** What each was tried for without its sender's knowing, or living to note, how that ended. */
      const unknown: string[] = [];
      const killed: string[] = [];
      const faulty: DispatchDesk = {
        ...desk,
        chance,
        async sendMail(to, content, tags) {
          try {
            await sendMail(to, content, tags);
          } catch (error) {
            if (error instanceof MailRefused && !error.answered) unknown.push(Object.values(tags).join(' '));
            throw error;
          }
        },
        async postWebhook(webhook) {
          const result = await client.post(webhook);
          if (result.kind === 'retry' && result.unanswered) unknown.push(webhook.headers['webhook-id'] ?? '');
          return result;
        },
        outbox: {
          ...desk.outbox,
          async settle(claimed, outcome, now) {
            // The process ends between sending and noting.
            if (outcome.kind === 'delivered' && isStormy() && chance() < 0.25) {
              const { channel, group, leadId, createdAt } = claimed;
              killed.push(
                channel === 'webhook' ? `${leadId}-${Date.parse(createdAt)}` : `${group.replace('#', '_')} ${channel}`,
              );
              throw new Error('killed');
            }
            return desk.outbox.settle(claimed, outcome, now);
          },
        },
      };
      const { outcomes } = await sweepUntilDone(faulty, clock);

      const { mails, webhooks } = await expectedKeys();
      expect([mails.length, webhooks.length]).toEqual([3 * LEADS, LEADS]);
      const expected = [...mails, ...webhooks];
      // Tries may take so long that reminders fall due: they are not what is measured.
      const all = [...ses.taken.filter((key) => !NOTICE.test(key)), ...crm.taken];
      const taken = countsOf(all);
      const [unknowns, kills] = [countsOf(unknown), countsOf(killed)];
      const lost = expected.filter((key) => !taken.has(key));
      const excess = expected.filter(
        (key) => (taken.get(key) ?? 0) > 1 + (unknowns.get(key) ?? 0) + (kills.get(key) ?? 0),
      );
      expect({ lost, excess, failed: outcomes.get('failed') ?? 0 }).toEqual({ lost: [], excess: [], failed: 0 });
      // An endpoint knows all of its tries for the same: one id for each lead, however often it came.
      expect(new Set(all)).toEqual(new Set(expected));
      // All that could go wrong has.
      const duplicates = all.length - expected.length;
      expect(duplicates).toBeGreaterThanOrEqual(killed.filter((key) => !NOTICE.test(key)).length);
      expect(Math.min(killed.length, unknown.length)).toBeGreaterThan(3);
    },
    120_000,
  );
});

function countsOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

test('one that is never taken is tried for three days, given up, and told of', async () => {
  const ses = await receiver(() => '500', mailKey);
  const crm = await receiver(
    () => '500',
    () => '',
  );
  vi.stubEnv('AWS_ENDPOINT_URL_SESV2', `http://127.0.0.1:${ses.endpoint.port}`);
  const { desk, clock } = await confirmedLeads(crm.endpoint.port);
  const began = clock.now;
  const client = webhookClient({ allowLoopback: true });
  const sendMail = sesMailer({ from: 'from@alpine.example', configurationSet: 'set' });
  const { outcomes } = await sweepUntilDone({ ...desk, sendMail, postWebhook: (hook) => client.post(hook) }, clock);
  expect(outcomes.get('failed')).toBe(4 * LEADS);
  // SES's 500 leaves open whether the store has been mailed, so it is reminded too.
  const tried = ses.endpoint.received.filter((request) => !NOTICE.test(mailKey(request)));
  expect(tried).toHaveLength(3 * LEADS * MOST_TRIES);
  expect(crm.endpoint.received).toHaveLength(LEADS * MOST_TRIES);
  const days = (clock.now - began) / (24 * 3600 * SECOND);
  expect(days).toBeGreaterThan(3);
  expect(days).toBeLessThan(3.5);
});

test('four sweeps at once send each once', async () => {
  const ses = await receiver(() => 'taken', mailKey);
  const crm = await receiver(
    () => 'taken',
    ({ headers }) => String(headers['webhook-id']),
  );
  vi.stubEnv('AWS_ENDPOINT_URL_SESV2', `http://127.0.0.1:${ses.endpoint.port}`);
  const { desk, clock } = await confirmedLeads(crm.endpoint.port);
  const client = webhookClient({ allowLoopback: true });
  const sendMail = sesMailer({ from: 'from@alpine.example', configurationSet: 'set' });
  const slow: DispatchDesk['sendMail'] = async (...mail) => {
    await delay(5);
    await sendMail(...mail);
  };
  const own: DispatchDesk = { ...desk, sendMail: slow, postWebhook: (hook) => client.post(hook) };
  const run = { desk: own, untilMilliseconds: clock.now + RUN_MILLISECONDS, report: () => {} };
  await Promise.all(Array.from({ length: 4 }, () => sweepOutbox(run)));
  expect(ses.taken.toSorted()).toEqual((await expectedKeys()).mails.toSorted());
  expect(crm.taken).toHaveLength(LEADS);
});
