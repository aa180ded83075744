import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { FUNCTION_SPECS } from '../../infra/functions.ts';
import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import { WEBHOOK_ALLOW_LOOPBACK_VARIABLE } from '../../shared/runtime/environment.ts';
import { repetitionsIn, type SentDatum } from '../../test/support/sent-data.ts';
import { scanTables } from '../../test/support/stack-tables.ts';
import { seededRandom } from '../seeded-random.ts';
import { type BuyerRecord, liveBuyer, sendOnce } from './chaos-buyer.ts';
import { ChaosStores } from './chaos-stores.ts';
import { faultsOfTruth } from './chaos-truth.ts';
import { FaultProxy } from './fault-proxy.ts';
import { MailTaker } from './mail-taker.ts';
import type { StackPlan } from './stack-child.ts';
import { StackProcess } from './stack-process.ts';

export interface ChaosPlan {
  readonly seed: number;
  /** The storm lasts so long, and until so many buyers were told a number. */
  readonly seconds: number;
  readonly leastNumbers: number;
  /** Buyers at the same time. */
  readonly lanes: number;
  /** Seconds between kills of the host. */
  readonly killEverySeconds: number;
  readonly say: (progress: string) => void;
}

export interface ChaosReport {
  /** What was found that must not be; empty when all holds. */
  readonly problems: readonly string[];
  readonly buyers: readonly BuyerRecord[];
  /** How often each thing happened. */
  readonly occurrences: ReadonlyMap<string, number>;
  readonly rows: Readonly<Record<string, number>>;
  readonly drainSeconds: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** In the storm. */
const DATABASE_FAULT_SHARE = 0.05;
const MAIL_FAULT_SHARE = 0.15;
/** Forward as far as a host that slept, backward as far as a time server corrects. */
const CLOCK_STEPS = [2 * HOUR, 35 * MINUTE, 90_000, 1_500, -1_500, -30_000, -90_000] as const;
/** A machine that is busy with other things gets so many times the time. */
const MOST_TIMES = 8;
/** Longer than the longest wait of a delivery; in all less than a pending reservation's week. */
const DRAIN_STEP = 25 * HOUR;
const DRAIN_STEPS = 4;
const DRAINED_WITHIN_MS = 300_000;

/** What runs by itself on a schedule; here it is started far more often. */
const SCHEDULED = FUNCTION_SPECS.flatMap(([name, { trigger }]) =>
  'route' in trigger || 'stream' in trigger || 'mailFeedback' in trigger ? [] : [name],
);

/** Everything at once, for so long; then calm, until nothing is left to be done; then the truth. */
export async function runChaos(plan: ChaosPlan): Promise<ChaosReport> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  const random = seededRandom(plan.seed);
  const proxy = await FaultProxy.start(random);
  const taker = await MailTaker.start(random);
  const chaos = new Chaos(plan, random, proxy, taker, folder);
  try {
    return await chaos.run();
  } finally {
    await chaos.stop();
    await Promise.all([proxy.stop(), taker.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

class Chaos {
  readonly #plan: ChaosPlan;
  readonly #random: () => number;
  readonly #proxy: FaultProxy;
  readonly #taker: MailTaker;
  readonly #folder: string;
  readonly #problems = new Set<string>();
  readonly #occurrences = new Map<string, number>();
  readonly #buyers: BuyerRecord[] = [];
  #stack: StackProcess | undefined;
  #stackPlan: StackPlan | undefined;
  #stores: ChaosStores | undefined;
  #clockMs = 0;
  #over = false;
  #buyerCount = 0;
  /** Buyers that had been told a number when the host was killed last. */
  #numbersAtKill = -1;
  /** Only one at a time kills, restarts, or is in need of a stack that stays. */
  #starting: Promise<void> = Promise.resolve();

  constructor(plan: ChaosPlan, random: () => number, proxy: FaultProxy, taker: MailTaker, folder: string) {
    this.#plan = plan;
    this.#random = random;
    this.#proxy = proxy;
    this.#taker = taker;
    this.#folder = folder;
  }

  async run(): Promise<ChaosReport> {
    const { seconds, leastNumbers, lanes, say } = this.#plan;
    process.env[WEBHOOK_ALLOW_LOOPBACK_VARIABLE] = '1';
    const webhook = {
      webhook_url: this.#taker.webhookUrl,
      webhook_secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    };
    this.#stores = await ChaosStores.prepare(this.#folder, webhook, this.#random);
    this.#stackPlan = {
      port: 0,
      dataDir: join(this.#folder, 'data'),
      dealersFile: this.#stores.file,
      logFile: join(this.#folder, 'stack.log'),
      dynamoDbUrl: this.#proxy.url,
      mailUrl: this.#taker.mailUrl,
    };
    await this.#start();
    // The site's address stays: links in mails lead to it.
    this.#stackPlan = { ...this.#stackPlan, port: Number(new URL(this.#up.siteUrl).port) };
    say('the storm begins');
    this.#proxy.faultShare = DATABASE_FAULT_SHARE;
    this.#taker.faultShare = MAIL_FAULT_SHARE;
    const storm = Promise.all([
      ...Array.from({ length: lanes }, () => this.#buyerLane()),
      this.#lane(
        () => this.#kill(),
        () => this.#plan.killEverySeconds * 1_000,
      ),
      this.#lane(
        () => this.#stepClock(),
        () => 4_000,
      ),
      this.#lane(
        () => this.#toggleStream(),
        () => 5_000,
      ),
      this.#lane(
        () => this.#runSchedules(),
        () => 3_000,
      ),
      this.#lane(
        () => this.#importStores(),
        () => 6_000,
      ),
      this.#lane(
        () => this.#search(),
        () => 250,
      ),
      this.#lane(
        () => this.#count(),
        () => 1_500,
      ),
      this.#lane(
        () => this.#acknowledge(),
        () => 500,
      ),
    ]);
    await this.#lastStorm(seconds, leastNumbers);
    this.#over = true;
    await storm;
    this.#proxy.faultShare = 0;
    // Whatever the last import came to: it is made whole, and shows once the clock has gone on.
    await this.#stores.importAgain(this.#up);
    say(`calm after ${this.#buyers.length} buyers`);
    const drainSeconds = await this.#drain();
    say('the truth');
    return await this.#judge(drainSeconds);
  }

  async #lastStorm(seconds: number, leastNumbers: number): Promise<void> {
    const startedAt = performance.now();
    const elapsed = (): number => (performance.now() - startedAt) / 1_000;
    await delay(seconds * 1_000);
    while (this.#numbers < leastNumbers && elapsed() < seconds * MOST_TIMES) await delay(500);
    // Nothing is proved by a storm in which nobody was out.
    if (this.#numbers < leastNumbers)
      this.#problems.add(`only ${this.#numbers} buyers were told a number in ${elapsed().toFixed(0)} s`);
  }

  async stop(): Promise<void> {
    await this.#starting.catch(() => {});
    await this.#stack?.stop().catch(() => {});
  }

  get #numbers(): number {
    return this.#buyers.filter(({ numbers }) => numbers.size > 0).length;
  }

  get #up() {
    if (this.#stack === undefined) throw new Error('the stack does not run');
    return this.#stack.up;
  }

  async #start(): Promise<void> {
    if (this.#stackPlan === undefined) throw new Error('there is no plan');
    this.#stack = await StackProcess.start(this.#stackPlan);
    this.#proxy.target = this.#stack.up.dynamoDbEndpoint;
    await this.#stack.setClock(this.#clockMs);
  }

  async #lane(act: () => Promise<void>, pauseMilliseconds: () => number): Promise<void> {
    while (!this.#over) {
      await pausing(pauseMilliseconds() * (0.5 + this.#random()), () => this.#over);
      if (!this.#over) await act();
    }
  }

  async #buyerLane(): Promise<void> {
    while (!this.#over) {
      const record = await liveBuyer(++this.#buyerCount, {
        siteUrl: `http://127.0.0.1:${this.#stackPlan?.port}`,
        taker: this.#taker,
        pick: (choices) => choices[Math.floor(this.#random() * choices.length)] as (typeof choices)[number],
        chance: (share) => this.#random() < share,
        isOver: () => this.#over,
        note: (problem) => this.#problems.add(problem),
      });
      this.#buyers.push(record);
    }
  }

  async #kill(): Promise<void> {
    // A host that comes up slowly is let be until it has done something.
    if (this.#numbers === this.#numbersAtKill) return;
    this.#numbersAtKill = this.#numbers;
    this.#occurs('kill -9 of the host');
    this.#starting = this.#restart();
    await this.#starting;
  }

  async #restart(): Promise<void> {
    this.#proxy.target = undefined;
    await this.#stack?.kill();
    await this.#start();
  }

  async #stepClock(): Promise<void> {
    const step = CLOCK_STEPS[Math.floor(this.#random() * CLOCK_STEPS.length)] ?? 0;
    // A day at most, so that nothing that waits to be confirmed loses its time.
    if (this.#clockMs + step > 24 * HOUR) return;
    this.#occurs(step > 0 ? 'clock step forward' : 'clock step back');
    this.#clockMs += step;
    await this.#stack?.setClock(this.#clockMs).catch(() => {});
  }

  async #toggleStream(): Promise<void> {
    this.#proxy.isStreamOff = this.#random() < 0.3;
    if (this.#proxy.isStreamOff) this.#occurs('stream turned off');
  }

  async #runSchedules(): Promise<void> {
    for (const name of SCHEDULED) {
      this.#occurs(`schedule of ${name}`);
      // It may fail of the faults, or be killed: the next one goes on.
      void this.#stack?.invoke(name).catch(() => {});
    }
  }

  async #importStores(): Promise<void> {
    const outcome = await this.#stores?.importNext(this.#up);
    this.#occurs(`import of stores, ${outcome}`);
  }

  async #search(): Promise<void> {
    const { siteUrl } = this.#up;
    const problem = await this.#stores?.search(siteUrl);
    if (problem === 'no answer') this.#occurs('search without an answer');
    else this.#occurs('search');
    if (problem !== undefined && problem !== 'no answer') this.#problems.add(problem);
  }

  /** Groups always sum to their total, whatever is going on. */
  async #count(): Promise<void> {
    const counted = await this.#countsBy('state').catch(() => undefined);
    this.#occurs(counted === undefined ? 'count without an answer' : 'count');
    if (counted === undefined) return;
    const sum = counted.groups.reduce((all, { active }) => all + active, 0);
    if (sum !== counted.total.active)
      this.#problems.add(`the groups sum to ${sum}, their total is ${counted.total.active}`);
  }

  async #countsBy(by: string) {
    const token = await this.#stack?.token('counts');
    const { status, body } = await sendOnce(this.#up.siteUrl, '127.0.0.1', {
      method: 'GET',
      path: `/v1/interest-counts?by=${by}`,
      headers: { authorization: `Bearer ${token}` },
    });
    if (status !== 200) throw new Error(`the counts were answered ${status}: ${body}`);
    return JSON.parse(body) as {
      total: Record<string, number> & { active: number };
      groups: (Record<string, unknown> & { active: number })[];
    };
  }

  /** Stores take on most of their leads by the link of the mail, some of them twice. */
  async #acknowledge(): Promise<void> {
    const mails = this.#taker.mails.filter(({ text }) => text.includes('#acknowledge='));
    const mail = mails[Math.floor(this.#random() * mails.length)];
    const token = /#acknowledge=([\w.-]+)/.exec(mail?.text ?? '')?.[1];
    if (token === undefined) return;
    const [subject] = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as [string];
    const answer = await sendOnce(this.#up.siteUrl, '127.0.0.1', {
      method: 'POST',
      path: `/v1/leads/${subject}/acknowledge`,
      body: { token },
    }).catch(() => undefined);
    if (answer?.status === 200) this.#occurs('lead acknowledged');
  }

  /** Without faults, with clocks that go on a day at a time, until nothing is due. */
  async #drain(): Promise<number> {
    const startedAt = performance.now();
    this.#proxy.faultShare = 0;
    this.#proxy.isStreamOff = false;
    this.#taker.faultShare = 0;
    for (let step = 0; step < DRAIN_STEPS; step++) {
      this.#clockMs += DRAIN_STEP;
      await this.#stack?.setClock(this.#clockMs);
      // What is due is sent; what was put off waits for the next step.
      while ((await this.#dueNow()) > 0) {
        if (performance.now() - startedAt > DRAINED_WITHIN_MS) {
          this.#problems.add(
            `${await this.#dueNow()} deliveries were still due after ${DRAINED_WITHIN_MS / 1_000} s of calm`,
          );
          return (performance.now() - startedAt) / 1_000;
        }
        for (const name of SCHEDULED) {
          await this.#stack
            ?.invoke(name)
            .catch((error: unknown) => this.#problems.add(`${name} failed in calm: ${error}`));
        }
      }
    }
    return (performance.now() - startedAt) / 1_000;
  }

  async #dueNow(): Promise<number> {
    const rows = (await scanTables(this.#up)).get(OUTBOX_TABLE.environmentVariable) ?? [];
    const now = (Date.now() + this.#clockMs) / 1_000 - 2;
    return rows.filter((row) => 'due' in row && Number(row['dueAtSeconds']) <= now).length;
  }

  async #judge(drainSeconds: number): Promise<ChaosReport> {
    const tables = await scanTables(this.#up);
    // A busy machine may still be too slow for a moment; a wrong answer is no better the second time.
    const told = await answered(() => this.#countsBy('dealer'));
    const counted = { total: told.total, byDealer: told.groups };
    const dynamoDb = new DynamoDBClient({
      endpoint: this.#up.dynamoDbEndpoint,
      region: this.#up.region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const client = DynamoDBDocumentClient.from(dynamoDb);
    const searchProblems = (await this.#stores?.judge(client, this.#up)) ?? [];
    dynamoDb.destroy();
    const truth = faultsOfTruth({ buyers: this.#buyers, tables, counted, taker: this.#taker });
    const log = await readFile(this.#stackPlan?.logFile ?? '', 'utf8');
    const sent = this.#buyers.map(({ email }): SentDatum => ({ kind: 'e-mail', value: email }));
    const repeated = repetitionsIn(log, [...sent, { kind: 'name', value: 'Zq9chaos' }]);
    const occurrences = new Map<string, number>([
      ...[...this.#proxy.occurrences].map(([fault, count]) => [`database: ${fault}`, count] as const),
      ['mail or webhook refused or lost', this.#taker.refusals],
      ...this.#occurrences,
    ]);
    return {
      problems: [
        ...this.#problems,
        ...truth,
        ...searchProblems,
        ...repeated.map(({ kind, line }) => `line ${line} of the log has a ${kind}`),
      ],
      buyers: this.#buyers,
      occurrences,
      rows: Object.fromEntries([...tables].map(([name, rows]) => [name, rows.length])),
      drainSeconds,
    };
  }

  #occurs(what: string): void {
    this.#occurrences.set(what, (this.#occurrences.get(what) ?? 0) + 1);
  }
}

/** Asks again while there is no answer. @throws Error when there is none in the end */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 10) throw error;
      await delay(1_000);
    }
  }
}

/** Waits, and no longer than anybody wants to. */
async function pausing(milliseconds: number, isOver: () => boolean): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until && !isOver()) await delay(Math.min(100, Math.max(0, until - performance.now())));
}
