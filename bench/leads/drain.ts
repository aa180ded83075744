import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { currentWording } from '../../shared/launch/launch.ts';
import { tagsOfDelivery } from '../../shared/mail-feedback/delivery-tags.ts';
import type { DeliveryKey } from '../../shared/outbox/delivery.ts';
import type { DispatchDesk } from '../../shared/outbox/dispatch-desk.ts';
import { RUN_MILLISECONDS, type RunResult, sweepOutbox } from '../../shared/outbox/dispatch-run.ts';
import { mailTurns } from '../../shared/outbox/mail-turns.ts';
import { confirmInterest } from '../../shared/reservations/confirm-interest.ts';
import { YOUNGEST_FORM_MS } from '../../shared/reservations/form-age.ts';
import { signToken } from '../../shared/reservations/signed-token.ts';
import { submitInterest } from '../../shared/reservations/submit-interest.ts';
import { localDocumentClient } from '../../test/support/locator-tables.ts';
import { localDynamoDb } from '../../test/support/table.ts';
import { type BenchDesk, openBenchDesk } from '../reservations/bench-desk.ts';
import { makeLocatorTables } from '../reservations/locator-tables.ts';
import { clusteredDealers } from '../search/places.ts';
import { seededRandom } from '../seeded-random.ts';
import { formOf } from '../stack/form.ts';
import { type DrainClock, realClock, VirtualClock } from './drain-clock.ts';
import { inLanes } from './lead-stack.ts';

/** The default of a stage, and what AWS gives an account that leaves the sandbox. */
export const MAILS_PER_SECOND = 14;
/** What the sender of mails takes for each. */
export const MAIL_MILLISECONDS = 60;
/** The schedule of the sweep. */
const SWEEP_EVERY_MILLISECONDS = 60_000;
/** To a buyer the receipt, to the store's people the lead, to its CRM the ADF. */
const MAILS_OF_A_LEAD = 3;
const STORES = 300;
const PREPARED_AT_ONCE = 6;
/** No drain of the bench takes as long. */
const MOST_RUNS = 60;

export interface DrainPlan {
  /** At least so many. */
  readonly deliveries: number;
  readonly clock: 'virtual' | 'real';
  /** Sweeps that run at the same time, each with a function’s own instance. */
  readonly senders: number;
  readonly seed: number;
}

export interface DrainRun extends DrainPlan {
  readonly due: number;
  /** Deliveries that ended as delivered. */
  readonly delivered: number;
  /** Deliveries that no mail went out for. */
  readonly lost: number;
  /** Mails beyond the first of a delivery. */
  readonly duplicated: number;
  /** Whatever a sender threw. */
  readonly faults: number;
  /** Mails handed over in the fullest second of the clock, and in the fullest span of a second anywhere. */
  readonly mostInSecond: number;
  readonly mostInSpan: number;
  readonly runs: number;
  /** By its clock, from the first mail to the last. */
  readonly seconds: number;
  /** By the wall's. */
  readonly realSeconds: number;
}

/** Fills an outbox with the mails of confirmed reservations, and sends all of them by sweeps alone. */
export async function measureDrain(endpoint: string, plan: DrainPlan): Promise<DrainRun> {
  const clock: DrainClock = plan.clock === 'virtual' ? new VirtualClock(Date.now()) : realClock;
  await makeLocatorTables(localDynamoDb(endpoint), storesWithAddresses(plan.seed));
  const quiet = openBenchDesk(documentClient(endpoint), clock);
  await confirmMany(Math.ceil(plan.deliveries / MAILS_OF_A_LEAD), quiet);
  const due: DeliveryKey[] = [];
  for await (const page of quiet.outbox.duePages(clock.now)) due.push(...page);

  const sender = countingSender(clock);
  const random = seededRandom(plan.seed);
  let faults = 0;
  const startedAt = performance.now();
  const runs = await clock.finish(
    Promise.all(
      Array.from({ length: plan.senders }, () => {
        const desk = pacedDesk(endpoint, clock, random, sender.sendMail);
        return sweepUntilEmpty(desk, clock, (result) => {
          if ('thrown' in result) faults += 1;
        });
      }),
    ),
  );
  const realSeconds = (performance.now() - startedAt) / 1_000;
  const counts = due.map((key) => sender.counts.get(nameOf(tagsOfDelivery(key))) ?? 0);
  const statuses = await statusesOf(endpoint);
  return {
    ...plan,
    due: due.length,
    delivered: due.filter(({ group, channel }) => statuses.get(`${group} ${channel}`) === 'delivered').length,
    lost: counts.filter((count) => count === 0).length,
    duplicated: sender.moments.length - counts.filter((count) => count > 0).length,
    faults,
    mostInSecond: mostInSecond(sender.moments),
    mostInSpan: mostInSpan(sender.moments),
    runs: runs.reduce((sum, count) => sum + count, 0),
    seconds: ((sender.moments.at(-1) ?? 0) - (sender.moments[0] ?? 0)) / 1_000,
    realSeconds,
  };
}

/** Every reservation is confirmed by the mail that asks for it, as a buyer does; what that makes is left in the outbox. */
async function confirmMany(count: number, desk: BenchDesk): Promise<void> {
  const issuedAt = desk.nowMilliseconds() - YOUNGEST_FORM_MS;
  const claims = { subject: '', version: issuedAt, expiresAtSeconds: Math.floor(issuedAt / 1000) + 24 * 3600 };
  const form = { formToken: signToken('form', claims, desk.signingKeys), wordingVersion: currentWording().version };
  const buyers = Array.from({ length: count }, (_, n) => n);
  await inLanes(buyers, PREPARED_AT_ONCE, async (n) => {
    const email = `buyer-${String(n).padStart(6, '0')}@mail.example.com`;
    const body = formOf(email, form, { dealerId: storeId(n % STORES) });
    const request = { body, idempotencyKey: undefined, globalPrivacyControl: false, senderAddress: undefined };
    const result = await submitInterest(request, desk);
    if (result.kind !== 'accepted') throw new Error(`a form was ${JSON.stringify(result)}`);
  });
  const tokens: string[] = [];
  const untilMilliseconds = Number.POSITIVE_INFINITY;
  await sweepOutbox({
    desk: {
      ...desk,
      async sendMail(_, { text }) {
        const token = /#confirm=([\w.-]+)/.exec(text)?.[1];
        if (token !== undefined) tokens.push(token);
      },
    },
    untilMilliseconds,
    report(_, result) {
      if ('thrown' in result) throw result.thrown;
    },
  });
  if (tokens.length !== count) throw new Error(`${tokens.length} of ${count} buyers were asked to confirm`);
  await inLanes(tokens, PREPARED_AT_ONCE, async (token) => {
    if ((await confirmInterest(token, desk)) === undefined) throw new Error('a confirmation was refused');
  });
}

/** As the functions have it. */
function pacedDesk(
  endpoint: string,
  clock: DrainClock,
  chance: () => number,
  sendMail: DispatchDesk['sendMail'],
): DispatchDesk {
  const desk = openBenchDesk(documentClient(endpoint, clock), clock);
  const { limits, nowMilliseconds } = desk;
  const pauseUntil = (milliseconds: number): Promise<void> => clock.pauseUntil(milliseconds);
  const awaitMailTurn = mailTurns({ most: MAILS_PER_SECOND, limits, nowMilliseconds, chance, pauseUntil });
  return { ...desk, chance, awaitMailTurn, sendMail };
}

/** @returns how many runs it took */
async function sweepUntilEmpty(
  desk: DispatchDesk,
  clock: DrainClock,
  told: (result: RunResult) => void,
): Promise<number> {
  for (let runs = 1; runs <= MOST_RUNS; runs++) {
    const startMilliseconds = clock.now;
    const untilMilliseconds = startMilliseconds + RUN_MILLISECONDS;
    await sweepOutbox({ desk, untilMilliseconds, report: (_, result) => told(result) });
    if ((await desk.outbox.listDue(clock.now, 1)).length === 0) return runs;
    await clock.pauseUntil(startMilliseconds + SWEEP_EVERY_MILLISECONDS);
  }
  throw new Error(`${MOST_RUNS} runs have not emptied the outbox`);
}

function countingSender(clock: DrainClock) {
  const counts = new Map<string, number>();
  const moments: number[] = [];
  const sendMail: DispatchDesk['sendMail'] = async (_to, _content, tags) => {
    moments.push(clock.now);
    counts.set(nameOf(tags), (counts.get(nameOf(tags)) ?? 0) + 1);
    await clock.pauseUntil(clock.now + MAIL_MILLISECONDS);
  };
  return { counts, moments, sendMail };
}

function nameOf(tags: Readonly<Record<string, string>>): string {
  return Object.values(tags).join(' ');
}

function mostInSecond(moments: readonly number[]): number {
  const seconds = new Map<number, number>();
  for (const moment of moments) {
    const second = Math.floor(moment / 1_000);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...seconds.values());
}

function mostInSpan(moments: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [at, moment] of moments.entries()) {
    while ((moments[first] ?? moment) <= moment - 1_000) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}

async function statusesOf(endpoint: string): Promise<ReadonlyMap<string, string>> {
  const statuses = new Map<string, string>();
  const pages = paginateScan({ client: documentClient(endpoint) }, { TableName: 'outbox', ConsistentRead: true });
  for await (const { Items = [] } of pages) {
    for (const item of Items) statuses.set(`${item['group']} ${item['channel']}`, String(item['status']));
  }
  return statuses;
}

function documentClient(endpoint: string, clock?: DrainClock): DynamoDBDocumentClient {
  const client = localDynamoDb(endpoint);
  clock?.observe(client);
  return localDocumentClient(client);
}

function storesWithAddresses(seed: number) {
  return clusteredDealers(STORES, seed).map((store) => ({
    ...store,
    routing: { leadEmail: `sales@${store.id}.example`, adfEmail: `adf@${store.id}.example` },
  }));
}

function storeId(n: number): string {
  return `store-${String(n).padStart(6, '0')}`;
}
