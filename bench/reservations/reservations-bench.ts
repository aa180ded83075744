import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchOptions } from '../bench-options.ts';
import { seededRandom } from '../seeded-random.ts';
import { withEmulator } from '../with-emulator.ts';
import { BenchStack } from './bench-stack.ts';
import { measureHistories, measureVariants } from './histories.ts';
import { measureLoad } from './load.ts';
import { measureDirectRepeats, measureHttpRepeats } from './repeats.ts';
import { type ReservationsResults, reservationsReport } from './report.ts';
import { measureUnits } from './units.ts';
import { measureWire, type WireRun } from './wire.ts';
import { writeUnitsPage } from './write-units-page.ts';

const SEED = 20_261_123;
const REPORT = join(import.meta.dirname, '..', 'reservations.md');
const UNITS_PAGE = join(import.meta.dirname, '..', '..', 'docs', 'write-units.md');

const FULL = { wireSamples: 200, forms: 1_000, histories: 10_000 };
const QUICK = { wireSamples: 20, forms: 100, histories: 50 };
const WIRE_AT_ONCE = [1, 8];
/** For the tables of all histories. */
const HISTORIES_HEAP_MEGABYTES = 1_500;

const PARTS = ['units', 'wire', 'load', 'histories'];

/**
 * Measures what a reservation costs and tells, and holds it against the truth under faults. Prints the report; writes it to
 * bench/reservations.md when it is whole, and docs/write-units.md whenever units are measured, which are exact.
 */
export async function runReservationsBench({ quick, upTo, only }: BenchOptions): Promise<void> {
  if (only !== undefined && !PARTS.includes(only)) {
    console.error(`--only takes ${PARTS.join('|')}, not ${only}`);
    process.exitCode = 2;
    return;
  }
  const wants = (part: string): boolean => only === undefined || only === part;
  const sizes = quick ? QUICK : FULL;
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  const say = (progress: string): void => console.error(`${seconds().toFixed(0).padStart(4)} s  ${progress}`);

  if (wants('units')) {
    say('taking every step');
    const page = writeUnitsPage(await withEmulator((endpoint) => measureUnits(endpoint, SEED)));
    console.log(page);
    await writeFile(UNITS_PAGE, page);
  }
  const results: ReservationsResults = {
    seed: SEED,
    ...(wants('wire') && { wire: await measureWires(sizes.wireSamples, say) }),
    ...(wants('load') && { load: await measureLoads(sizes.forms, say) }),
    ...(wants('histories') &&
      (await withEmulator(
        async (endpoint) => ({
          variants: await measureVariants(endpoint, { seed: SEED, say }),
          histories: await measureHistories(endpoint, { seed: SEED, count: Math.min(sizes.histories, upTo), say }),
        }),
        HISTORIES_HEAP_MEGABYTES,
      ))),
    date: new Date(),
    seconds: seconds(),
  };
  if (only === 'units') return;
  const report = reservationsReport(results);
  console.log(report);
  if (!quick && only === undefined) await writeFile(REPORT, report);
}

function measureWires(samples: number, say: (progress: string) => void): Promise<readonly WireRun[]> {
  return BenchStack.run(async (stack) => {
    const runs: WireRun[] = [];
    for (const atOnce of WIRE_AT_ONCE) {
      say(`forms for addresses of every standing, ${atOnce} at once`);
      runs.push(await measureWire(stack, { atOnce, samples, random: seededRandom(SEED + atOnce) }));
    }
    return runs;
  });
}

async function measureLoads(
  forms: number,
  say: (progress: string) => void,
): Promise<NonNullable<ReservationsResults['load']>> {
  const [runs, overHttp] = await BenchStack.run(async (stack) => {
    say('forms, and what is beside them');
    const measured = await measureLoad(stack, forms);
    say(`${forms} times the same form`);
    return [measured, await measureHttpRepeats(stack, forms)] as const;
  });
  const direct = await withEmulator((endpoint) => measureDirectRepeats(endpoint, { forms, seed: SEED }));
  return { runs, repeats: [overHttp, direct] };
}
