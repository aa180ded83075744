import { CLOSING_MS, type Head, HeadMoved } from './head.ts';
import { hourAt } from './period.ts';
import { daysWithFacts, firstHead, type RollUpDesk, takeStep } from './roll-up.ts';

/** Readers that still hold a head of it, and rebuilds that are under way, are done by then. */
const KEEP_SECONDS = 24 * 3600;

export interface Rebuilt {
  readonly generation: string;
  readonly days: number;
  readonly closedBefore: string;
  /** Generations of earlier rebuilds that are gone now. */
  readonly deleted: number;
}

/**
 * Makes all roll-ups anew from the facts, beside those that count, and then lets the new ones count, in one step. Transitions, counts and
 * roll-ups go on meanwhile. The generation before stays for readers that still hold its head; what is older is deleted.
 * @param onDay told of each day that is rolled up
 * @throws HeadMoved when another rebuild was done first
 * @returns `undefined` when there are no facts yet
 */
export async function rebuild(
  desk: RollUpDesk,
  onDay: (day: string) => void = () => undefined,
): Promise<Rebuilt | undefined> {
  const { rollups } = desk;
  const closedBefore = hourAt(desk.nowMilliseconds() - CLOSING_MS);
  const replaced = await rollups.readHead();
  let head = await firstHead(desk, closedBefore);
  if (head === undefined) return undefined;
  const startedAtSeconds = Math.floor(desk.nowMilliseconds() / 1000);
  await rollups.startGeneration({ id: head.generation, startedAtSeconds });
  const mayHaveFacts = await daysWithFacts(desk, head);
  let days = 0;
  for (;;) {
    const moved = await takeStep(desk, head, closedBefore, mayHaveFacts);
    if (moved === undefined) break;
    onDay(head.closedBefore.slice(0, 10));
    head = moved.head;
    days += moved.days;
  }
  await replaceHead(desk, head, replaced);
  const deleted = await deleteOld(desk, [head.generation, replaced?.generation], startedAtSeconds);
  return { generation: head.generation, days, closedBefore: head.closedBefore, deleted };
}

/** Tries again while nothing but roll-ups of the old generation have moved the head. */
async function replaceHead({ rollups }: RollUpDesk, head: Head, replaced: Head | undefined): Promise<void> {
  for (;;) {
    const current = await rollups.readHead();
    // Its answer may have been lost.
    if (current?.generation === head.generation) return;
    if (current?.generation !== replaced?.generation) throw new HeadMoved('another rebuild was done first');
    try {
      return await rollups.moveHead({ ...head, version: (current?.version ?? 0) + 1 }, current);
    } catch (error) {
      if (!(error instanceof HeadMoved)) throw error;
    }
  }
}

async function deleteOld(
  { rollups }: RollUpDesk,
  kept: readonly (string | undefined)[],
  nowSeconds: number,
): Promise<number> {
  const old = (await rollups.listGenerations()).filter(
    ({ id, startedAtSeconds }) => !kept.includes(id) && startedAtSeconds <= nowSeconds - KEEP_SECONDS,
  );
  for (const { id } of old) await rollups.deleteGeneration(id);
  return old.length;
}
