import { setTimeout as delay } from 'node:timers/promises';
import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import { scanTables } from '../../test/support/stack-tables.ts';
import { SCHEDULED } from '../stack/scheduled.ts';
import { type Reply, sendOnce } from '../stack/send-once.ts';
import type { StackPlan, StackUp } from '../stack/stack-child.ts';
import { StackProcess } from '../stack/stack-process.ts';
import type { ToldCounts } from './chaos-scene.ts';
import type { FaultProxy } from './fault-proxy.ts';

const HOUR = 3600_000;
/** A day at most, so that nothing that waits to be confirmed loses its time. */
const MOST_AHEAD = 24 * HOUR;
/** Longer than the longest wait of a delivery; in all less than a pending reservation's week. */
const DRAIN_STEP = 25 * HOUR;
const DRAIN_STEPS = 4;
const DRAINED_WITHIN_MS = 300_000;
const ASKED_AT_MOST = 20;

/** What runs by itself on a schedule; here it is started far more often. */
export const STARTED = SCHEDULED.filter(
  // The canary walks as the buyers here do, and keeps nothing.
  (name) => name !== 'walk-canary',
);

/** The stack of a chaos run: it is killed, comes up again on what it had kept, and has a clock that steps. */
export class ChaosStack {
  readonly #proxy: FaultProxy;
  #plan: StackPlan;
  #process: StackProcess;
  #clockMs = 0;
  /** One who stops it in the middle of a restart waits for that. */
  #restarting: Promise<void> = Promise.resolve();

  private constructor(plan: StackPlan, process: StackProcess, proxy: FaultProxy) {
    // The site's address stays: links in mails lead to it.
    this.#plan = { ...plan, port: Number(new URL(process.up.siteUrl).port) };
    this.#process = process;
    this.#proxy = proxy;
    proxy.target = process.up.dynamoDbEndpoint;
  }

  static async start(plan: StackPlan, proxy: FaultProxy): Promise<ChaosStack> {
    return new ChaosStack(plan, await StackProcess.start(plan), proxy);
  }

  get up(): StackUp {
    return this.#process.up;
  }

  /** `kill -9`, and up again. */
  async killAndRestart(): Promise<void> {
    this.#restarting = this.#restart();
    await this.#restarting;
  }

  async #restart(): Promise<void> {
    this.#proxy.target = undefined;
    await this.#process.kill();
    this.#process = await StackProcess.start(this.#plan);
    this.#proxy.target = this.up.dynamoDbEndpoint;
    await this.#process.setClock(this.#clockMs);
  }

  async stop(): Promise<void> {
    // Whoever restarts it is told when that fails.
    await this.#restarting.catch(() => {});
    // One that cannot end in good order ends all the same.
    await this.#process.stop().catch(() => this.#process.kill());
  }

  /** @returns whether the clock could step so far */
  async stepClock(milliseconds: number): Promise<boolean> {
    if (this.#clockMs + milliseconds > MOST_AHEAD) return false;
    this.#clockMs += milliseconds;
    // One that is being killed gets it when it is up again.
    await this.#process.setClock(this.#clockMs).catch(() => {});
    return true;
  }

  /** @throws Error when the function fails, or the host is killed meanwhile */
  invoke(functionName: string): Promise<void> {
    return this.#process.invoke(functionName);
  }

  /** @throws Error when there is no answer */
  async askCounts(by: string): Promise<Reply> {
    const token = await this.#process.token('counts');
    return sendOnce(this.up.siteUrl, '127.0.0.1', {
      method: 'GET',
      path: `/v1/interest-counts?by=${by}`,
      headers: { authorization: `Bearer ${token}` },
    });
  }

  /** @throws Error when there is no answer, or another than 200 */
  async countsBy(by: string): Promise<ToldCounts> {
    const { status, body } = await this.askCounts(by);
    if (status !== 200) throw new Error(`the counts were answered ${status}: ${body}`);
    return JSON.parse(body) as ToldCounts;
  }

  /** With clocks that go on a day at a time, until nothing is due. @returns what went wrong, in words */
  async drain(): Promise<readonly string[]> {
    const startedAt = performance.now();
    const problems: string[] = [];
    for (let step = 0; step < DRAIN_STEPS; step++) {
      this.#clockMs += DRAIN_STEP;
      await this.#process.setClock(this.#clockMs);
      // Whatever runs on a schedule does so at least once a day. What is put off waits for the next step.
      for (let due = 1; due > 0; due = await this.#dueNow()) {
        for (const name of STARTED) {
          await this.invoke(name).catch((error: unknown) => problems.push(`${name} failed in calm: ${error}`));
        }
        if (performance.now() - startedAt > DRAINED_WITHIN_MS) {
          return [...problems, `${due} deliveries were still due after ${DRAINED_WITHIN_MS / 1_000} s of calm`];
        }
      }
    }
    return problems;
  }

  async #dueNow(): Promise<number> {
    const rows = (await scanTables(this.up)).get(OUTBOX_TABLE.environmentVariable) ?? [];
    // Clocks of instances differ.
    const now = (Date.now() + this.#clockMs) / 1_000 - 2;
    return rows.filter((row) => 'due' in row && Number(row['dueAtSeconds']) <= now).length;
  }
}

/** Asks again while a busy machine gives no answer: a wrong one is no better the second time. @throws the last error */
export async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === ASKED_AT_MOST) throw error;
      await delay(500);
    }
  }
}
