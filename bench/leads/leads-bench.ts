import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions } from '../bench-options.ts';
import { withEmulator } from '../with-emulator.ts';
import { type FormsRun, measureForms } from './burst.ts';
import { type DrainPlan, type DrainRun, measureDrain } from './drain.ts';
import { type HandoverRun, measureHandover } from './handover.ts';
import { LeadStack } from './lead-stack.ts';
import { leadsReport } from './report.ts';

const SEED = 20_261_124;
const REPORT = join(import.meta.dirname, '..', 'leads.md');

const FULL = { handovers: 100, drained: 10_000, drainedInRealTime: 420, forms: 120, burst: 200 };
const QUICK = { handovers: 16, drained: 300, drainedInRealTime: 90, forms: 20, burst: 30 };
const HANDOVERS_AT_ONCE = [1, 8];
/** For the tables of the largest drain. */
const DRAIN_HEAP_MEGABYTES = 1_000;

const PARTS = ['handover', 'drain', 'burst'];

/**
 * Measures how fast leads reach their stores, alone, from an outbox that was left, and in a burst. Prints the report; writes it
 * to bench/leads.md when it is whole.
 */
export async function runLeadsBench({ quick, only }: BenchOptions): Promise<void> {
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

  const handovers = wants('handover') ? await measureHandovers(sizes.handovers, say) : undefined;
  const forms = wants('burst') ? await measureBurst(sizes, say) : undefined;
  const drains = wants('drain') ? await measureDrains(sizes, say) : undefined;
  const [, , load = Number.NaN] = loadavg();
  const report = leadsReport({
    seed: SEED,
    ...(handovers && { handovers }),
    ...(forms && { forms }),
    ...(drains && { drains }),
    load,
    date: new Date(),
    seconds: seconds(),
  });
  console.log(report);
  if (!quick && only === undefined) await writeFile(REPORT, report);
}

function measureHandovers(leads: number, say: (progress: string) => void): Promise<readonly HandoverRun[]> {
  return LeadStack.run(async (stack) => {
    // Every function's environments are started by this.
    say('leads to warm up');
    await measureHandover(stack, { atOnce: 8, leads: 8 });
    const runs: HandoverRun[] = [];
    for (const atOnce of HANDOVERS_AT_ONCE) {
      say(`${leads} leads, ${atOnce} at once`);
      runs.push(await measureHandover(stack, { atOnce, leads }));
    }
    return runs;
  });
}

function measureBurst(
  { forms, burst }: { readonly forms: number; readonly burst: number },
  say: (progress: string) => void,
): Promise<readonly FormsRun[]> {
  return LeadStack.run(async (stack) => {
    // Every function's environments are started by this.
    say('a burst to warm up');
    await measureForms(stack, { forms: 8, leads: 16 });
    const runs: FormsRun[] = [];
    for (const leads of [0, burst]) {
      say(`${forms} forms beside ${leads} leads`);
      runs.push(await measureForms(stack, { forms, leads }));
    }
    return runs;
  });
}

async function measureDrains(
  { drained, drainedInRealTime }: { readonly drained: number; readonly drainedInRealTime: number },
  say: (progress: string) => void,
): Promise<readonly DrainRun[]> {
  const plans: readonly Omit<DrainPlan, 'seed'>[] = [
    { deliveries: drainedInRealTime, clock: 'real', senders: 1 },
    { deliveries: drainedInRealTime, clock: 'real', senders: 2 },
    { deliveries: drained, clock: 'virtual', senders: 1 },
  ];
  const runs: DrainRun[] = [];
  for (const plan of plans) {
    say(`an outbox of ${plan.deliveries}, by the ${plan.clock} clock, sweeps at once: ${plan.senders}`);
    runs.push(await withEmulator((endpoint) => measureDrain(endpoint, { ...plan, seed: SEED }), DRAIN_HEAP_MEGABYTES));
  }
  return runs;
}
