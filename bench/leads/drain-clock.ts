import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The clock that the senders of a drain go by. */
export interface DrainClock {
  /** Unix milliseconds. */
  readonly now: number;
  pauseUntil(milliseconds: number): Promise<void>;
  /** Lets the clock know of what a client does. */
  observe(client: DynamoDBClient): void;
  /** Runs some work by this clock to its end. */
  finish<Result>(work: Promise<Result>): Promise<Result>;
}

export const realClock: DrainClock = {
  get now() {
    return Date.now();
  },
  pauseUntil: (milliseconds) => delay(Math.max(0, milliseconds - Date.now())),
  observe() {},
  finish: (work) => work,
};

/** What a request to a table takes by a virtual clock, which goes in steps of that. */
export const REQUEST_MILLISECONDS = 10;
/** Between an answer and what its receiver does next there are promises alone, which one turn of the event loop runs out. */
const QUIET_TURNS = 5;
const STUCK_TURNS = 1_000;

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/**
 * A clock that stands still while anything is computed or asked of a table, and is put forward to the next moment that somebody
 * waits for once nobody does: minutes of waiting take none, in the order in which they would come.
 */
export class VirtualClock implements DrainClock {
  now: number;
  #underWay = 0;
  #quiet = Promise.withResolvers<void>();
  #sleepers: Sleeper[] = [];

  constructor(now: number) {
    this.now = Math.ceil(now / REQUEST_MILLISECONDS) * REQUEST_MILLISECONDS;
  }

  pauseUntil(milliseconds: number): Promise<void> {
    const at = Math.ceil(Math.max(milliseconds, this.now) / REQUEST_MILLISECONDS) * REQUEST_MILLISECONDS;
    return new Promise((wake) => this.#sleepers.push({ at, wake }));
  }

  observe(client: DynamoDBClient): void {
    client.middlewareStack.add(
      (next) => async (args) => {
        this.#underWay += 1;
        const [outcome] = await Promise.allSettled([next(args)]);
        const answered = this.pauseUntil(this.now + REQUEST_MILLISECONDS);
        this.#underWay -= 1;
        if (this.#underWay === 0) this.#quiet.resolve();
        await answered;
        if (outcome.status === 'rejected') throw outcome.reason;
        return outcome.value;
      },
      { step: 'build', name: 'virtual-clock', priority: 'high' },
    );
  }

  /** @throws Error when the work waits for something that no clock brings */
  async finish<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false;
    const noted = work.finally(() => {
      isDone = true;
    });
    // It is awaited below.
    noted.catch(() => {});
    for (let turns = 0; !isDone; turns++) {
      if (this.#underWay > 0) {
        this.#quiet = Promise.withResolvers();
        await this.#quiet.promise;
        turns = 0;
      }
      await nextTurn();
      if (turns >= QUIET_TURNS && this.#underWay === 0 && this.#sleepers.length > 0) {
        this.#advance();
        turns = 0;
      }
      if (turns > STUCK_TURNS) throw new Error('nobody waits for the clock, and the work is not done');
    }
    return noted;
  }

  #advance(): void {
    this.now = Math.min(...this.#sleepers.map(({ at }) => at));
    const due = this.#sleepers.filter(({ at }) => at === this.now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at !== this.now);
    for (const { wake } of due) wake();
  }
}
