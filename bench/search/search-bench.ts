import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchOptions } from '../bench-options.ts';
import { withEmulator } from '../with-emulator.ts';
import { measureColdStart } from './cold-start.ts';
import { OwnSearch } from './own-search.ts';
import { clusteredDealers, origins } from './places.ts';
import { meteredDynamoDb } from './read-meter.ts';
import { searchReport } from './report.ts';
import { playScene, type Scene } from './scene.ts';

const SEED = 20_261_123;
const REPORT = join(import.meta.dirname, '..', 'search.md');
/** The larger the scene the fewer questions, so that a run takes half an hour. */
const SCENES = [
  { storeCount: 300, ownRadiusOrigins: 200, rivalRadiusOrigins: 200, otherOrigins: 60 },
  { storeCount: 10_000, ownRadiusOrigins: 200, rivalRadiusOrigins: 200, otherOrigins: 30 },
  { storeCount: 100_000, ownRadiusOrigins: 40, rivalRadiusOrigins: 20, otherOrigins: 10 },
] as const;
const QUICK_SCENES = [
  { storeCount: 300, ownRadiusOrigins: 20, rivalRadiusOrigins: 4, otherOrigins: 4 },
  { storeCount: 10_000, ownRadiusOrigins: 20, rivalRadiusOrigins: 4, otherOrigins: 4 },
] as const;

/**
 * Lengths that dynamodb-geo is tried with, its default first, which so wins a tie; the largest scene goes by what the one
 * before it has shown.
 */
const KEY_LENGTHS: readonly number[] = [2, 1, 3];
const TRIED_UP_TO = 10_000;
/** For 100,000 stores in the tables of every contender. */
const EMULATOR_HEAP_MEGABYTES = 1_500;
/** About as many as the locator has. */
const COLD_START_STORES = 300;

/** Measures the search beside others, prints the report, and writes it to bench/search.md unless it was quick. */
export async function runSearchBench({ quick, upTo }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  const say = (progress: string): void => console.error(`${seconds().toFixed(0).padStart(4)} s  ${progress}`);
  const asked = origins(SEED).slice(0, quick ? 20 : 200);
  const scenes: Scene[] = [];
  for (const sizes of (quick ? QUICK_SCENES : SCENES).filter(({ storeCount }) => storeCount <= upTo)) {
    const tryAll = !quick && sizes.storeCount <= TRIED_UP_TO;
    const keyLengths = tryAll ? KEY_LENGTHS : [scenes.at(-1)?.bestKeyLength ?? 2];
    const plan = { ...sizes, seed: SEED, origins: asked, keyLengths };
    // Each with an emulator of its own, so that none is slowed by the tables of another.
    scenes.push(
      await withEmulator((endpoint) => playScene(plan, meteredDynamoDb(endpoint), say), EMULATOR_HEAP_MEGABYTES),
    );
  }
  say('starting the bundled function');
  const coldStart = await withEmulator(async (endpoint) => {
    const dealers = clusteredDealers(COLD_START_STORES, SEED);
    const { tableName } = await OwnSearch.load(meteredDynamoDb(endpoint), 'cold-start', dealers);
    return measureColdStart(endpoint, tableName, quick ? 5 : 20);
  }, EMULATOR_HEAP_MEGABYTES);
  const report = searchReport({ seed: SEED, date: new Date(), seconds: seconds(), scenes, coldStart });
  console.log(report);
  if (!quick) await writeFile(REPORT, report);
}
