import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LEAD_CHANNELS } from '../../shared/outbox/delivery.ts';
import { WEBHOOK_ALLOW_LOOPBACK_VARIABLE } from '../../shared/runtime/environment.ts';
import { repetitionsIn, type SentDatum } from '../../test/support/sent-data.ts';
import { scanTables } from '../../test/support/stack-tables.ts';
import { seededRandom } from '../seeded-random.ts';
import { MailTaker } from '../stack/mail-taker.ts';
import { sendOnce } from '../stack/send-once.ts';
import { LEAD_STORE_ID } from '../stack/stores.ts';
import { type BuyerRecord, liveBuyer, NAME_STEM, newBuyer } from './chaos-buyer.ts';
import type { ToldCounts } from './chaos-scene.ts';
import { answered, ChaosStack, STARTED } from './chaos-stack.ts';
import { ChaosStores } from './chaos-stores.ts';
import { faultsOfTruth } from './chaos-truth.ts';
import { FaultProxy } from './fault-proxy.ts';
import { COUNTED_BY } from './truth-of-counts.ts';

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
/** In the storm. */
const DATABASE_FAULT_SHARE = 0.05;
const MAIL_FAULT_SHARE = 0.15;
/** Forward as far as a host that slept, backward as far as a time server corrects. */
const CLOCK_STEPS = [120 * MINUTE, 35 * MINUTE, 90_000, 1_500, -1_500, -30_000, -90_000] as const;
/** A machine that is busy with other things gets so many times the time. */
const MOST_TIMES = 8;
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Everything at once, for so long; then calm, until nothing is left to be done; then the truth. */
export async function runChaos(plan: ChaosPlan): Promise<ChaosReport> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  const random = seededRandom(plan.seed);
  const proxy = await FaultProxy.start(random);
  const taker = await MailTaker.start(random);
  try {
    process.env[WEBHOOK_ALLOW_LOOPBACK_VARIABLE] = '1';
    const webhook = { webhook_url: taker.webhookUrl, webhook_secret: WEBHOOK_SECRET };
    const stores = await ChaosStores.prepare(folder, webhook, random);
    const logFile = join(folder, 'stack.log');
    const dataDir = join(folder, 'data');
    const { url: dynamoDbUrl } = proxy;
    const { mailUrl } = taker;
    const stack = await ChaosStack.start(
      { port: 0, dataDir, dealersFile: stores.file, logFile, dynamoDbUrl, mailUrl },
      proxy,
    );
    try {
      return await new Chaos(plan, { random, proxy, taker, stores, stack, logFile }).run();
    } finally {
      await stack.stop();
    }
  } finally {
    await Promise.all([proxy.stop(), taker.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

interface ChaosParts {
  readonly random: () => number;
  readonly proxy: FaultProxy;
  readonly taker: MailTaker;
  readonly stores: ChaosStores;
  readonly stack: ChaosStack;
  readonly logFile: string;
}

class Chaos {
  readonly #plan: ChaosPlan;
  readonly #parts: ChaosParts;
  readonly #problems = new Set<string>();
  readonly #occurrences = new Map<string, number>();
  readonly #buyers: BuyerRecord[] = [];
  readonly #acknowledged = new Set<string>();
  #over = false;
  /** Buyers that had been told a number when the host was killed last. */
  #numbersAtKill = -1;

  constructor(plan: ChaosPlan, parts: ChaosParts) {
    this.#plan = plan;
    this.#parts = parts;
  }

  async run(): Promise<ChaosReport> {
    const { lanes, killEverySeconds, say } = this.#plan;
    const { proxy, taker, stores, stack } = this.#parts;
    say('the storm begins');
    proxy.faultShare = DATABASE_FAULT_SHARE;
    taker.faultShare = MAIL_FAULT_SHARE;
    const storm = Promise.all([
      ...Array.from({ length: lanes }, () => this.#buyerLane()),
      this.#every(killEverySeconds * 1_000, () => this.#kill()),
      this.#every(4_000, () => this.#stepClock()),
      this.#every(5_000, () => this.#toggleStream()),
      this.#every(3_000, () => this.#runSchedules()),
      this.#every(6_000, () => this.#importStores()),
      this.#every(250, () => this.#search()),
      this.#every(1_500, () => this.#count()),
      this.#every(500, () => this.#acknowledge()),
    ]);
    await this.#lastStorm();
    this.#over = true;
    await storm;
    proxy.faultShare = 0;
    proxy.isStreamOff = false;
    taker.faultShare = 0;
    say(`calm after ${this.#buyers.length} buyers`);
    // Whatever the last import came to: it is made whole, and shows once the clock has gone on.
    await stores.importAgain(stack.up);
    const startedAt = performance.now();
    for (const problem of await stack.drain()) this.#problems.add(problem);
    const drainSeconds = (performance.now() - startedAt) / 1_000;
    say('the truth');
    return await this.#judge(drainSeconds);
  }

  async #lastStorm(): Promise<void> {
    const { seconds, leastNumbers } = this.#plan;
    const startedAt = performance.now();
    const elapsed = (): number => (performance.now() - startedAt) / 1_000;
    await delay(seconds * 1_000);
    while (this.#numbers < leastNumbers && elapsed() < seconds * MOST_TIMES) await delay(500);
    // Nothing is proved by a storm in which nobody was out.
    if (this.#numbers < leastNumbers)
      this.#problems.add(`only ${this.#numbers} buyers were told a number in ${elapsed().toFixed(0)} s`);
  }

  get #numbers(): number {
    return this.#buyers.filter(({ numbers }) => numbers.size > 0).length;
  }

  /** Again and again while the storm lasts, with pauses of about so long. */
  async #every(milliseconds: number, act: () => Promise<void>): Promise<void> {
    while (!this.#over) {
      await pausing(milliseconds * (0.5 + this.#parts.random()), () => this.#over);
      if (!this.#over) await act();
    }
  }

  async #buyerLane(): Promise<void> {
    const { random, taker, stack } = this.#parts;
    while (!this.#over) {
      const number = this.#buyers.length + 1;
      const record = newBuyer(number);
      this.#buyers.push(record);
      await liveBuyer(number, record, {
        siteUrl: stack.up.siteUrl,
        taker,
        pick: (choices) => choices[Math.floor(random() * choices.length)] as (typeof choices)[number],
        chance: (share) => random() < share,
        isOver: () => this.#over,
        note: (problem) => this.#problems.add(problem),
      });
    }
  }

  async #kill(): Promise<void> {
    // A host that comes up slowly is let be until it has done something.
    if (this.#numbers === this.#numbersAtKill) return;
    this.#numbersAtKill = this.#numbers;
    this.#occurs('kill -9 of the host');
    await this.#parts.stack.killAndRestart();
  }

  async #stepClock(): Promise<void> {
    const step = CLOCK_STEPS[Math.floor(this.#parts.random() * CLOCK_STEPS.length)] ?? 0;
    if (await this.#parts.stack.stepClock(step)) this.#occurs(step > 0 ? 'clock step forward' : 'clock step back');
  }

  async #toggleStream(): Promise<void> {
    const { proxy, random } = this.#parts;
    proxy.isStreamOff = random() < 0.3;
    if (proxy.isStreamOff) this.#occurs('stream turned off');
  }

  async #runSchedules(): Promise<void> {
    for (const name of STARTED) {
      this.#occurs(`schedule of ${name}`);
      // It may fail of the faults, or be killed: the next one goes on. In calm none may.
      void this.#parts.stack.invoke(name).catch(() => this.#occurs(`schedule of ${name}, failed`));
    }
  }

  async #importStores(): Promise<void> {
    const outcome = await this.#parts.stores.importNext(this.#parts.stack.up);
    this.#occurs(`import of stores, ${outcome}`);
  }

  async #search(): Promise<void> {
    const problem = await this.#parts.stores.search(this.#parts.stack.up.siteUrl);
    this.#occurs(problem === 'no answer' ? 'search without an answer' : 'search');
    if (problem !== undefined && problem !== 'no answer') this.#problems.add(problem);
  }

  /** Groups always sum to their total, whatever is going on. */
  async #count(): Promise<void> {
    // No answer is one of the faults; a refusal is none.
    const answer = await this.#parts.stack.askCounts('state').catch(() => undefined);
    const isAnswered = answer !== undefined && answer.status < 500;
    this.#occurs(isAnswered ? 'count' : 'count without an answer');
    if (!isAnswered) return;
    if (answer.status !== 200) {
      this.#problems.add(`a count was answered ${answer.status}: ${answer.body}`);
      return;
    }
    const { total, groups } = JSON.parse(answer.body) as ToldCounts;
    const sum = groups.reduce((all, { active }) => all + Number(active), 0);
    if (sum !== total['active']) this.#problems.add(`the groups sum to ${sum}, their total is ${total['active']}`);
  }

  /** Stores take on most of their leads by the link of the mail, some of them twice. */
  async #acknowledge(): Promise<void> {
    const { taker, random, stack } = this.#parts;
    const mails = taker.mails.filter(({ text }) => text.includes('#acknowledge='));
    const mail = mails[Math.floor(random() * mails.length)];
    const token = /#acknowledge=([\w.-]+)/.exec(mail?.text ?? '')?.[1];
    if (token === undefined) return;
    const [leadId] = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as [string];
    const answer = await sendOnce(stack.up.siteUrl, '127.0.0.1', {
      method: 'POST',
      path: `/v1/leads/${leadId}/acknowledge`,
      body: { token },
    }).catch(() => undefined);
    if (answer?.status === 200) {
      this.#acknowledged.add(leadId);
      this.#occurs('lead acknowledged');
    } else if (answer !== undefined && answer.status < 500) {
      this.#problems.add(`a store’s link was answered ${answer.status}: ${answer.body}`);
    }
  }

  async #judge(drainSeconds: number): Promise<ChaosReport> {
    const { proxy, taker, stores, stack, logFile } = this.#parts;
    const tables = await scanTables(stack.up);
    const counted = new Map<string, ToldCounts>();
    for (const by of COUNTED_BY) counted.set(by, await answered(() => stack.countsBy(by)));
    const truth = faultsOfTruth({
      buyers: this.#buyers,
      tables,
      counted,
      taker,
      acknowledged: this.#acknowledged,
      // The others have no address, so that their leads go to the fallback.
      channelsOf: (dealerId) => (dealerId === LEAD_STORE_ID ? LEAD_CHANNELS : ['lead-mail']),
    });
    const sent = this.#buyers.map(({ email }): SentDatum => ({ kind: 'e-mail', value: email }));
    const repeated = repetitionsIn(await readFile(logFile, 'utf8'), [...sent, { kind: 'name', value: NAME_STEM }]);
    return {
      problems: [
        ...this.#problems,
        ...truth,
        ...(await stores.judge(stack.up)),
        ...repeated.map(({ kind, line }) => `line ${line} of the log has a ${kind}`),
      ],
      buyers: this.#buyers,
      occurrences: new Map([
        ...[...proxy.occurrences].map(([fault, count]) => [`database: ${fault}`, count] as const),
        ['mail or webhook refused or lost', taker.refusals] as const,
        ...this.#occurrences,
      ]),
      rows: Object.fromEntries([...tables].map(([name, rows]) => [name, rows.length])),
      drainSeconds,
    };
  }

  #occurs(what: string): void {
    this.#occurrences.set(what, (this.#occurrences.get(what) ?? 0) + 1);
  }
}

/** Waits, and no longer than anybody wants to. */
async function pausing(milliseconds: number, isOver: () => boolean): Promise<void> {
  const until = performance.now() + milliseconds;
  while (performance.now() < until && !isOver()) await delay(Math.min(100, Math.max(0, until - performance.now())));
}
