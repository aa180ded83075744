import { runCounting } from '../../test/counts/counting-run.ts';
import { makeLocatorTables } from '../../test/support/locator-tables.ts';
import { localDynamoDb } from '../../test/support/table.ts';
import { seededRandom } from '../seeded-random.ts';

export interface FaultsRun {
  readonly runs: number;
  readonly transitions: number;
  readonly facts: number;
  readonly faults: number;
  readonly rollUps: number;
  readonly rebuilds: number;
  readonly audits: number;
  readonly counts: number;
}

/** Runs of counting under faults, each on tables of its own. @throws AssertionError when anything is off */
export async function runFaults(
  endpoint: string,
  plan: { readonly seed: number; readonly faultRuns: number; readonly faultRounds: number },
  say: (progress: string) => void,
): Promise<FaultsRun> {
  const sum = { runs: 0, transitions: 0, facts: 0, faults: 0, rollUps: 0, rebuilds: 0, audits: 0, counts: 0 };
  for (let run = 0; run < plan.faultRuns; run += 1) {
    say(`counting under faults, run ${run + 1} of ${plan.faultRuns}`);
    const done = await runCounting({
      tables: await makeLocatorTables(localDynamoDb(endpoint)),
      newDynamoDb: () => localDynamoDb(endpoint),
      random: seededRandom(plan.seed + run),
      rounds: plan.faultRounds,
      faultsInHundred: 5,
    });
    sum.runs += 1;
    for (const name of ['transitions', 'facts', 'rollUps', 'rebuilds', 'audits', 'counts'] as const)
      sum[name] += done[name];
    sum.faults += [...done.faults.values()].reduce((all, times) => all + times, 0);
  }
  return sum;
}
