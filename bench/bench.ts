import { parseArgs } from 'node:util';
import { runSearchBench } from './search/search-bench.ts';

export interface BenchOptions {
  /** A short run, that writes no report. */
  readonly quick: boolean;
  /** Leaves out what is larger. */
  readonly upTo: number;
}

/** By the name that the command line gives. */
const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  search: runSearchBench,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, 'up-to': { type: 'string', default: '1000000' } },
});
const bench = positionals.length === 1 ? BENCHES[positionals[0] ?? ''] : undefined;
if (bench === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--quick] [--up-to N]`);
  process.exitCode = 2;
} else {
  await bench({ quick: values.quick, upTo: Number(values['up-to']) });
}
