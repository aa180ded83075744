import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { localDynamoDb } from '../../test/support/table.ts';
import type { BenchOptions } from '../bench-options.ts';
import { withEmulator } from '../with-emulator.ts';
import { type FaultsRun, runFaults } from './faults.ts';
import { countPlainly, plainReadUnits } from './plain.ts';
import { askAll } from './questions.ts';
import { countsReport, type SizeRun } from './report.ts';
import { makeScene } from './scene.ts';

const SEED = 20_261_125;
const REPORT = join(import.meta.dirname, '..', 'counts.md');
/** More are rolled up from memory: the emulator would take half an hour to load them. */
const LOADED_AT_MOST = 100_000;
/** The emulator's pages of a large partition take longer the more there are: at 100,000 these two ways did not end in ten minutes. */
const PLAIN_LOADED_AT_MOST = 10_000;

const FULL = { sizes: [10_000, 100_000, 1_000_000], times: 7, faultRuns: 4, faultRounds: 120 };
const QUICK = { sizes: [1_000, 5_000], times: 5, faultRuns: 1, faultRounds: 80 };

/**
 * Counts a year of interest beside the plain ways, at two sizes, and runs counting under faults. Prints the report; writes it to
 * bench/counts.md when it is whole.
 */
export async function runCountsBench({ quick, upTo, only }: BenchOptions): Promise<void> {
  if (only !== undefined && only !== 'sizes' && only !== 'faults') {
    console.error(`--only takes sizes|faults, not ${only}`);
    process.exitCode = 2;
    return;
  }
  const plan = quick ? QUICK : FULL;
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const say = (progress: string): void => console.error(`${seconds().toFixed(0).padStart(4)} s  ${progress}`);
  const runs: SizeRun[] = [];
  for (const reservations of only === 'faults' ? [] : plan.sizes.filter((size) => size <= upTo)) {
    runs.push(await withEmulator((endpoint) => measure(endpoint, reservations, plan.times, say), 3_000));
  }
  let faults: FaultsRun | undefined;
  if (only !== 'sizes') {
    faults = await withEmulator((endpoint) => runFaults(endpoint, { ...plan, seed: SEED }, say), 1_000);
  }
  const [, , load = Number.NaN] = loadavg();
  const report = countsReport({ seed: SEED, runs, faults, load, date: new Date(), seconds: seconds() });
  console.log(report);
  if (!quick && only === undefined) await writeFile(REPORT, report);
}

async function measure(
  endpoint: string,
  reservations: number,
  times: number,
  say: (progress: string) => void,
): Promise<SizeRun> {
  const dynamoDb = localDynamoDb(endpoint);
  const loadsAll = reservations <= LOADED_AT_MOST;
  const loadsPlain = reservations <= PLAIN_LOADED_AT_MOST;
  const scene = await makeScene(dynamoDb, { seed: SEED, reservations, loadsAll, loadsPlain }, say);
  const answers = await askAll(endpoint, scene, times, say);
  const measured = loadsPlain ? await countPlainly(dynamoDb) : [];
  const standing = scene.standing.filter(({ status }) => status === 'confirmed').length;
  for (const { way, found } of measured)
    if (found !== standing) throw new Error(`${way} found ${found} of ${standing}`);
  const plain = plainReadUnits(scene.standing).map((cost) => ({
    ...cost,
    milliseconds: measured.find(({ way }) => way === cost.way)?.milliseconds,
  }));
  const facts = [...scene.byDay.values()].reduce((sum, own) => sum + own.length, 0);
  dynamoDb.destroy();
  return { reservations, facts, factsLoaded: scene.factsLoaded, rollUpSeconds: scene.rollUpSeconds, answers, plain };
}
