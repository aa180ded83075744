import { parseArgs } from 'node:util';
import type { BenchOptions } from './bench-options.ts';
import { runChaosBench } from './chaos/chaos-bench.ts';
import { runCostBench } from './cost/cost-bench.ts';
import { runCountsBench } from './counts/counts-bench.ts';
import { runFuzzBench } from './fuzz/fuzz-bench.ts';
import { runLeadsBench } from './leads/leads-bench.ts';
import { runLoadBench } from './load/load-bench.ts';
import { runMutationsBench } from './mutations/mutations-bench.ts';
import { runRecoveryBench } from './recovery/recovery-bench.ts';
import { runReservationsBench } from './reservations/reservations-bench.ts';
import { runSearchBench } from './search/search-bench.ts';
import { runSoakBench } from './soak/soak-bench.ts';
import { takeScreens } from './widget/screens.ts';
import { runWidgetBench } from './widget/widget-bench.ts';

/** By the name that the command line gives. */
const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  chaos: runChaosBench,
  cost: runCostBench,
  counts: runCountsBench,
  fuzz: runFuzzBench,
  leads: runLeadsBench,
  load: runLoadBench,
  mutations: runMutationsBench,
  recovery: runRecoveryBench,
  reservations: runReservationsBench,
  screens: takeScreens,
  search: runSearchBench,
  soak: runSoakBench,
  widget: runWidgetBench,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    'up-to': { type: 'string', default: '1000000' },
    only: { type: 'string' },
  },
});
const bench = positionals.length === 1 ? BENCHES[positionals[0] ?? ''] : undefined;
if (bench === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--quick] [--up-to N] [--only PART]`);
  process.exitCode = 2;
} else {
  await bench({ quick: values.quick, upTo: Number(values['up-to']), only: values.only });
}
