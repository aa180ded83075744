import { type Cube, cubeOf, projectCubes } from './cube.ts';
import { DIMENSIONS, type Fact } from './fact.ts';
import type { FactTable } from './fact-table.ts';
import { CLOSING_MS, daysOf, emptyHead, type Head, nextStep, withDayClosed, withHoursClosed } from './head.ts';
import { dayAfter, firstHourOf, hourAt, monthOf } from './period.ts';
import type { RollupTable } from './rollup-table.ts';
import { VIEWS } from './views.ts';

export interface RollUpDesk {
  readonly facts: Pick<FactTable, 'readDays' | 'readFacts'>;
  readonly rollups: RollupTable;
  readonly nowMilliseconds: () => number;
  readonly newId: () => string;
}

/** Hour roll-ups serve while their day is open: long enough for one whose closing was held up for weeks. */
const HOURS_LIVE_SECONDS = 35 * 24 * 3600;

export interface RolledUp {
  readonly days: number;
  readonly hours: number;
  /** Hours that are closed and not rolled up yet: what the time did not suffice for. */
  readonly hoursBehind: number;
}

/**
 * Rolls up what has closed since the last run, and moves the head after each day. A run that dies leaves the head where it was; two runs
 * at once write the same.
 * @param until no further step is begun from this time on
 * @throws HeadMoved when another run or a rebuild came first
 */
export async function rollUp(desk: RollUpDesk, until = Number.POSITIVE_INFINITY): Promise<RolledUp> {
  const { rollups } = desk;
  const closedBefore = hourAt(desk.nowMilliseconds() - CLOSING_MS);
  let before = await rollups.readHead();
  let head = before ?? (await firstHead(desk, closedBefore));
  let [days, hours] = [0, 0];
  if (head === undefined) return { days, hours, hoursBehind: 0 };
  const isDue = await daysWithFacts(desk, head);
  if (before === undefined) {
    const startedAtSeconds = Math.floor(desk.nowMilliseconds() / 1000);
    await rollups.startGeneration({ id: head.generation, startedAtSeconds });
  }
  while (desk.nowMilliseconds() < until) {
    const moved = await takeStep(desk, head, closedBefore, isDue);
    if (moved === undefined) break;
    await rollups.moveHead(moved.head, before);
    before = moved.head;
    head = moved.head;
    days += moved.days;
    hours += moved.hours;
  }
  const hoursBehind = Math.max(
    0,
    (Date.parse(`${closedBefore}:00Z`) - Date.parse(`${head.closedBefore}:00Z`)) / 3_600_000,
  );
  return { days, hours, hoursBehind };
}

/** Where roll-ups begin: at the first day that has facts, once its first hour is closed. */
export async function firstHead(
  desk: Pick<RollUpDesk, 'facts' | 'newId'>,
  closedBefore: string,
): Promise<Head | undefined> {
  // Once an hour is closed, every fact of it and before is there, and so is its day.
  const [first] = await desk.facts.readDays({ until: closedBefore });
  return first === undefined ? undefined : emptyHead(desk.newId(), firstHourOf(first));
}

/** Whether a day may have facts, for the days that a head has still to come to. */
export async function daysWithFacts(desk: Pick<RollUpDesk, 'facts'>, head: Head): Promise<(day: string) => boolean> {
  const days = new Set(await desk.facts.readDays({ from: head.closedBefore }));
  return (day) => days.has(day);
}

/** Rolls up the next day with facts, or the closed hours of the open day. @returns `undefined` when nothing is left to do */
export async function takeStep(
  desk: Pick<RollUpDesk, 'facts' | 'rollups' | 'nowMilliseconds'>,
  start: Head,
  closedBefore: string,
  mayHaveFacts: (day: string) => boolean,
): Promise<{ readonly head: Head; readonly days: number; readonly hours: number } | undefined> {
  let head = start;
  for (let step = nextStep(head, closedBefore); step !== undefined; step = nextStep(head, closedBefore)) {
    if (step.kind === 'hours') {
      const hours = await rollUpHours(desk, head.generation, step.from, step.until);
      return {
        head: { ...withHoursClosed(head, hours, step.until), version: start.version + 1 },
        days: 0,
        hours: hours.length,
      };
    }
    const hasFacts = mayHaveFacts(step.day) && (await rollUpDay(desk, head.generation, step.day));
    head = { ...withDayClosed(head, step.day, hasFacts), version: start.version + 1 };
    const closesMonth = step.endsMonth && daysOf(head, monthOf(step.day)).length > 0;
    if (closesMonth) await rollUpMonth(desk, head, monthOf(step.day));
    if (hasFacts || closesMonth) return { head, days: hasFacts ? 1 : 0, hours: 0 };
  }
  return head === start ? undefined : { head, days: 0, hours: 0 };
}

/** @returns the hours that have facts */
async function rollUpHours(
  desk: Pick<RollUpDesk, 'facts' | 'rollups' | 'nowMilliseconds'>,
  generation: string,
  from: string,
  until: string,
): Promise<readonly string[]> {
  const facts = Map.groupBy(await desk.facts.readFacts({ from, until }), ({ hour }) => hour);
  const expiresAtSeconds = Math.floor(desk.nowMilliseconds() / 1000) + HOURS_LIVE_SECONDS;
  for (const [hour, own] of facts) {
    await desk.rollups.write(generation, 'hour', hour, { cube: cubeOf(own), views: [] }, expiresAtSeconds);
  }
  return [...facts.keys()].sort();
}

/** From the facts again, not from the hours. @returns whether there are any */
async function rollUpDay(
  { facts, rollups }: Pick<RollUpDesk, 'facts' | 'rollups'>,
  generation: string,
  day: string,
): Promise<boolean> {
  const own: readonly Fact[] = await facts.readFacts({ from: firstHourOf(day), until: firstHourOf(dayAfter(day)) });
  if (own.length === 0) return false;
  await rollups.write(generation, 'day', day, contentOf([cubeOf(own)]));
  return true;
}

async function rollUpMonth({ rollups }: Pick<RollUpDesk, 'rollups'>, head: Head, month: string): Promise<void> {
  const run = { level: 'day', periods: daysOf(head, month) } as const;
  const days = await rollups.read(head.generation, run, new Set(DIMENSIONS));
  await rollups.write(head.generation, 'month', month, contentOf([...days.values()].flat()));
}

/** The one cube of some, with all of its views. */
function contentOf(cubes: readonly Cube[]) {
  const cube = projectCubes(cubes, DIMENSIONS);
  return { cube, views: VIEWS.map((view) => [view, projectCubes([cube], view.dimensions)] as const) };
}
