import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Counts } from '../../shared/counts/grouping.ts';
import { faultyClient } from '../support/faulty-client.ts';
import type { LocatorTables } from '../support/locator-tables.ts';
import { History, type Occurrence } from './fault-history.ts';
import { planOf } from './history-plan.ts';
import { expectTruth } from './history-truth.ts';

export interface HistoriesToRun {
  readonly tables: LocatorTables;
  /** Of the emulator that holds the tables. */
  newDynamoDb(): DynamoDBClient;
  readonly seed: number;
  readonly count: number;
  /** How many run at the same time. */
  readonly atOnce: number;
  /** Puts something between the tables and their client; nothing unless told. */
  readonly breakClient?: (client: DynamoDBDocumentClient) => DynamoDBDocumentClient;
  /** Told after each. */
  readonly onDone?: (done: number) => void;
}

export interface HistoriesRun {
  readonly histories: number;
  /** How often each fault was met. */
  readonly occurrences: ReadonlyMap<Occurrence, number>;
  /** What was counted of all of them together. */
  readonly counts: Counts;
}

/** A history after which the tables were not as they should be. */
export class HistoryFailed extends Error {
  override readonly name = 'HistoryFailed';

  constructor(seed: number, at: number, cause: unknown) {
    super(`history ${at} of seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/**
 * Runs histories under faults, and holds each against the truth. They share tables and nothing else.
 * @throws HistoryFailed with the first that fails
 */
export async function runHistories(toRun: HistoriesToRun): Promise<HistoriesRun> {
  const { tables, newDynamoDb, seed, count, atOnce, breakClient = (client) => client, onDone } = toRun;
  const occurrences = new Map<Occurrence, number>();
  const counts: Counts = { submitted: 0, confirmed: 0, withdrawn: 0, movedIn: 0, movedOut: 0, active: 0 };
  let [begun, done, hasFailed] = [0, 0, false];

  const lane = async (): Promise<void> => {
    let history: History | undefined;
    const client = newDynamoDb();
    const faulty = tables.open(
      breakClient(
        faultyClient(
          (commandName) => history?.nextFault(commandName),
          (send) => history?.later(send),
          client,
        ),
      ),
    );
    while (begun < count && !hasFailed) {
      const at = begun;
      begun += 1;
      try {
        history = new History(planOf(seed, at), faulty, tables);
        await history.run();
        const counted = await expectTruth(history, tables);
        for (const key of Object.keys(counts) as (keyof Counts)[]) counts[key] += counted[key];
      } catch (error) {
        hasFailed = true;
        throw new HistoryFailed(seed, at, error);
      }
      for (const [what, times] of history.occurrences) occurrences.set(what, (occurrences.get(what) ?? 0) + times);
      done += 1;
      onDone?.(done);
    }
    client.destroy();
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
  return { histories: done, occurrences, counts };
}
