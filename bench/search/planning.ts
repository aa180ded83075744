import { nearest, within } from '../../shared/geo/nearest.ts';
import { METERS_PER_MILE } from './contender.ts';
import type { Exam } from './measure.ts';
import type { OwnSearch } from './own-search.ts';

export interface PlanningCost {
  readonly nearest5Milliseconds: number;
  readonly within100MilesMilliseconds: number;
}

const ROUNDS = 10;

/** Processor time of a whole search but its reads, which memory answers: walking the index, choosing ranges, ranking. */
export async function planningCost(own: OwnSearch, exams: readonly Exam[]): Promise<PlanningCost> {
  return own.reader.read(async (stores) => {
    const leaves = await stores.read(0, stores.index.leaves.length - 1);
    const inMemory = () => ({
      index: stores.index,
      held: new Map(),
      read: async (first: number, last: number) => leaves.slice(first, last + 1),
    });
    const cpuMilliseconds = async (search: (exam: Exam) => Promise<unknown>): Promise<number> => {
      const run = async (): Promise<void> => {
        for (const exam of exams) await search(exam);
      };
      await run();
      const before = process.cpuUsage();
      for (let round = 0; round < ROUNDS; round++) await run();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000 / (ROUNDS * exams.length);
    };
    return {
      nearest5Milliseconds: await cpuMilliseconds(({ origin }) =>
        nearest({ origin: origin.point, radiusMeters: Number.POSITIVE_INFINITY, limit: 5 }, inMemory()),
      ),
      within100MilesMilliseconds: await cpuMilliseconds(({ origin }) =>
        within({ origin: origin.point, radiusMeters: 100 * METERS_PER_MILE }, inMemory()),
      ),
    };
  });
}
