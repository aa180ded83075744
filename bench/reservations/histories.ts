import { isDeepStrictEqual } from 'node:util';
import { countFacts } from '../../shared/counts/grouping.ts';
import { BROKEN_VARIANTS } from '../../test/reservations/broken-variants.ts';
import { type HistoriesRun, HistoryFailed, runHistories } from '../../test/reservations/history-lanes.ts';
import { makeLocatorTables } from '../../test/support/locator-tables.ts';
import { localDynamoDb } from '../../test/support/table.ts';

export interface HistoriesMeasured {
  readonly run: HistoriesRun;
  readonly atOnce: number;
  readonly seconds: number;
}

/** The tables, broken on purpose, and how that came out. */
export interface VariantMeasured {
  readonly name: string;
  /** Whole histories that found nothing before one did; all that were run when `seenAs` is absent. */
  readonly histories: number;
  /** What the history that found it says. */
  readonly seenAs?: string;
}

const AT_ONCE = 6;
/** A variant that so many histories miss is missed. */
const VARIANT_HISTORIES = 200;

/**
 * Runs histories of two people each under faults, and holds every one against the truth.
 * @throws HistoryFailed with the first that fails; Error when the facts of all do not add up
 */
export async function measureHistories(
  endpoint: string,
  { seed, count, say }: { readonly seed: number; readonly count: number; say(progress: string): void },
): Promise<HistoriesMeasured> {
  const newDynamoDb = () => localDynamoDb(endpoint);
  const tables = await makeLocatorTables(newDynamoDb());
  const startedAt = performance.now();
  const run = await runHistories({
    tables,
    newDynamoDb,
    seed,
    count,
    atOnce: AT_ONCE,
    onDone(done) {
      if (done % 250 === 0) say(`${done} histories`);
    },
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const { total } = countFacts(await tables.facts.readFacts({}), [], {}, () => undefined);
  if (!isDeepStrictEqual(total, run.counts)) throw new Error('the facts of all histories do not add up');
  return { run, atOnce: AT_ONCE, seconds };
}

/** Breaks the tables in one way after another, until a history sees it. */
export async function measureVariants(
  endpoint: string,
  { seed, say }: { readonly seed: number; say(progress: string): void },
): Promise<readonly VariantMeasured[]> {
  const newDynamoDb = () => localDynamoDb(endpoint);
  const measured: VariantMeasured[] = [];
  for (const { name, breakClient } of BROKEN_VARIANTS) {
    say(`broken: ${name}`);
    const tables = await makeLocatorTables(newDynamoDb());
    let histories = 0;
    const onDone = (done: number): void => {
      histories = done;
    };
    try {
      await runHistories({ tables, newDynamoDb, seed, count: VARIANT_HISTORIES, atOnce: AT_ONCE, breakClient, onDone });
      measured.push({ name, histories });
    } catch (error) {
      if (!(error instanceof HistoryFailed)) throw error;
      measured.push({ name, histories, seenAs: firstLineOf(error.cause) });
    }
  }
  return measured;
}

function firstLineOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replaceAll('|', '/').replace(/:$/, '');
}
