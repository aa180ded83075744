import type { FactTable } from './fact-table.ts';
import {
  type CensusOf,
  type Counted,
  Counting,
  dimensionsToCount,
  type Filters,
  type GroupKey,
  isByDay,
} from './grouping.ts';
import { type Head, planReading, RollupMissing } from './head.ts';
import { dayOf, hoursOfDays } from './period.ts';
import type { RollupTable } from './rollup-table.ts';
import { viewFor } from './views.ts';

export interface CountDesk {
  readonly facts: Pick<FactTable, 'readFacts'>;
  readonly rollups: Pick<RollupTable, 'readHead' | 'read'>;
  readonly censusOf: CensusOf;
}

export interface CountQuestion {
  readonly by: readonly GroupKey[];
  readonly filters: Filters;
  /** Days, both inclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * What `countFacts` gives of all facts, from roll-ups of what is closed and the facts since. Everything committed before the call is in it: facts
 * are never deleted, so a head that moves on meanwhile makes no difference.
 * @throws RollupMissing when a roll-up that is promised is not there, also at a second look: never a count that is short
 */
export function countInterests(question: CountQuestion, desk: CountDesk): Promise<Counted> {
  return atFreshHead(desk.rollups, (head) => countFrom(head, question, desk));
}

/**
 * Reads at the head, and once more when a roll-up is missing: a rebuild may have ended the generation that the head was of.
 * @throws RollupMissing when one is missing also then
 */
export async function atFreshHead<T>(
  rollups: Pick<RollupTable, 'readHead'>,
  read: (head: Head | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await read(await rollups.readHead());
  } catch (error) {
    if (!(error instanceof RollupMissing)) throw error;
    return read(await rollups.readHead());
  }
}

async function countFrom(head: Head | undefined, question: CountQuestion, desk: CountDesk): Promise<Counted> {
  const { by, filters } = question;
  const counting = new Counting(by, filters, desk.censusOf);
  const { runs, facts } = planReading(head, hoursOfDays(question), isByDay(by));
  const dimensions = dimensionsToCount(by, filters);
  const view = viewFor(dimensions);
  const [open, ...rolledUp] = await Promise.all([
    desk.facts.readFacts(facts),
    ...runs.map((run) =>
      // Hours have no views.
      desk.rollups.read(head?.generation ?? '', run, view !== undefined && run.level !== 'hour' ? view : dimensions),
    ),
  ]);
  for (const periods of rolledUp) {
    for (const [period, cubes] of periods) {
      for (const cube of cubes) counting.addCube(cube, period.length > 10 ? dayOf(period) : period);
    }
  }
  for (const fact of open) counting.addFact(fact);
  return counting.result();
}
