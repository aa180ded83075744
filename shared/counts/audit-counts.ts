import type { Standing } from '../reservations/standing-table.ts';
import { atFreshHead } from './count-interests.ts';
import { type Cube, columnOfCube, cubeOf, projectCubes } from './cube.ts';
import { DIMENSIONS, FACT_EVENTS, type FactDimensions, type FactEvent } from './fact.ts';
import type { FactTable } from './fact-table.ts';
import { daysOf, type Head, hoursOf, planReading, type Run } from './head.ts';
import { dayAfter, dayOf, firstHourOf, type HourRange, hourAfter, monthAfter } from './period.ts';
import type { RollupTable } from './rollup-table.ts';
import { VIEWS } from './views.ts';

export interface AuditDesk {
  readonly facts: Pick<FactTable, 'readFacts'>;
  readonly rollups: Pick<RollupTable, 'readHead' | 'read'>;
  /** Every reservation as it stands, whatever goes on meanwhile. */
  standings(): AsyncIterable<readonly Standing[]>;
}

/** What does not agree, in numbers alone. All zero: the counts are the truth. */
export interface Drift {
  /** Tuples of all dimensions whose `active` cannot be the number of confirmed reservations with them. */
  readonly groups: number;
  /** By how many reservations, in all of these. */
  readonly active: number;
  /** By how many the tombstones differ from `withdrawn`. */
  readonly withdrawn: number;
  /** Closed periods whose roll-up is not that of their facts, or whose views are not those of the roll-up. */
  readonly rollups: number;
}

export interface Audit {
  readonly reservations: number;
  readonly periods: number;
  readonly drift: Drift;
}

export const hasDrift = ({ groups, active, withdrawn, rollups }: Drift): boolean =>
  groups + active + withdrawn + rollups > 0;

const DAY_MS = 24 * 3_600_000;

/** Closed days whose roll-ups are made again from their facts every night. */
const DAYS_AGAIN = 7;

/**
 * Recounts from the reservations, and rolls the last days and one older month, in turn, up again. Transitions may go on: of a
 * tuple, the scan must find what stood before it, at least without those that left since, at most with those that came.
 */
export async function auditCounts(desk: AuditDesk): Promise<Audit> {
  const first = await auditOnce(desk);
  // The items of a transaction may be seen a moment apart: what is wrong is still wrong at a second look.
  return hasDrift(first.drift) ? auditOnce(desk) : first;
}

async function auditOnce(desk: AuditDesk): Promise<Audit> {
  const before = await readAll(desk);
  const found = new Map<string, number>();
  let [reservations, tombstones] = [0, 0];
  for await (const page of desk.standings()) {
    for (const { status, dimensions } of page) {
      reservations += 1;
      if (status === 'withdrawn') tombstones += 1;
      if (status !== 'confirmed' || dimensions === undefined) continue;
      const tuple = tupleOf(dimensions);
      found.set(tuple, (found.get(tuple) ?? 0) + 1);
    }
  }
  const after = await readAll(desk);
  const { groups, active } = activeDrift(found, before, after);
  const withdrawn = outside(tombstones, withdrawnOf(before), withdrawnOf(after));
  const { periods, rollups } = await auditRollups(desk);
  return { reservations, periods, drift: { groups, active, withdrawn, rollups } };
}

/** Events of each tuple of all dimensions. */
type Events = ReadonlyMap<string, readonly number[]>;

const NO_EVENTS: readonly number[] = FACT_EVENTS.map(() => 0);
const of = (events: readonly number[], event: FactEvent): number => events[FACT_EVENTS.indexOf(event)] ?? 0;
const joined = (events: readonly number[]): number => of(events, 'confirmed') + of(events, 'movedIn');
const left = (events: readonly number[]): number => of(events, 'withdrawn') + of(events, 'movedOut');

function activeDrift(
  found: ReadonlyMap<string, number>,
  before: Events,
  after: Events,
): Pick<Drift, 'groups' | 'active'> {
  let [groups, active] = [0, 0];
  for (const tuple of new Set([...found.keys(), ...before.keys(), ...after.keys()])) {
    const [first = NO_EVENTS, last = NO_EVENTS] = [before.get(tuple), after.get(tuple)];
    const standing = joined(first) - left(first);
    const least = standing - (left(last) - left(first));
    const most = standing + (joined(last) - joined(first));
    const off = outside(found.get(tuple) ?? 0, least, most);
    if (off === 0) continue;
    groups += 1;
    active += off;
  }
  return { groups, active };
}

/** How far a number lies outside of two others. */
function outside(value: number, least: number, most: number): number {
  return Math.max(0, least - value, value - most);
}

function withdrawnOf(events: Events): number {
  let sum = 0;
  for (const own of events.values()) sum += of(own, 'withdrawn');
  return sum;
}

/** The counts as everyone is given them, by all dimensions at once. */
function readAll({ facts, rollups }: AuditDesk): Promise<Events> {
  return atFreshHead(rollups, (head) => readAllAt(head, { facts, rollups }));
}

async function readAllAt(head: Head | undefined, { facts, rollups }: Omit<AuditDesk, 'standings'>): Promise<Events> {
  const reading = planReading(head, {}, false);
  const events = new Map<string, number[]>();
  const addCube = (cube: Cube): void => {
    const columns = DIMENSIONS.map((dimension) => columnOfCube(cube, dimension));
    for (let row = 0; row < cube.rows; row += 1) {
      const tuple = columns.map(({ dictionary, indexes }) => dictionary[indexes[row] ?? 0]).join('\n');
      const own = events.get(tuple) ?? [...NO_EVENTS];
      cube.counts.forEach((counts, event) => {
        own[event] = (own[event] ?? 0) + (counts[row] ?? 0);
      });
      events.set(tuple, own);
    }
  };
  for (const run of reading.runs) {
    // A month at a time: the cubes of all together would not fit.
    for (const period of run.periods) {
      const cubes = await readCubes(rollups, head, { level: run.level, periods: [period] });
      for (const cube of cubes) addCube(cube);
    }
  }
  addCube(cubeOf(await facts.readFacts(reading.facts)));
  return events;
}

/** A tuple of all dimensions as a key. */
export function tupleOf(dimensions: FactDimensions): string {
  return DIMENSIONS.map((dimension) => dimensions[dimension]).join('\n');
}

async function readCubes(rollups: AuditDesk['rollups'], head: Head | undefined, run: Run): Promise<readonly Cube[]> {
  return [...(await rollups.read(head?.generation ?? '', run, new Set(DIMENSIONS))).values()].flat();
}

/** Rolls closed periods up again, and holds what is kept against it. */
function auditRollups({ facts, rollups }: AuditDesk): Promise<{ periods: number; rollups: number }> {
  return atFreshHead(rollups, (head) => auditRollupsAt(head, { facts, rollups }));
}

async function auditRollupsAt(
  head: Head | undefined,
  { facts, rollups }: Omit<AuditDesk, 'standings'>,
): Promise<{ periods: number; rollups: number }> {
  if (head === undefined) return { periods: 0, rollups: 0 };
  const months = Object.keys(head.days).sort();
  const closedMonths = months.filter((month) => firstHourOf(`${monthAfter(month)}-01`) <= head.closedBefore);
  const days = months.flatMap((month) => daysOf(head, month)).slice(-DAYS_AGAIN);
  const runs: Run[] = [
    ...days.map((day): Run => ({ level: 'day', periods: [day] })),
    ...monthsOnTurn(closedMonths, dayOf(head.closedBefore)).map((month): Run => ({ level: 'month', periods: [month] })),
    ...hoursOf(head).map((hour): Run => ({ level: 'hour', periods: [hour] })),
  ];
  let wrong = 0;
  for (const run of runs) {
    const cube = projectCubes(await readCubes(rollups, head, run), DIMENSIONS);
    const again = cubeOf(await facts.readFacts(rangeOf(run)));
    const isRight = isSame(cube, again) && (run.level === 'hour' || (await hasItsViews(rollups, head, run, cube)));
    if (!isRight) wrong += 1;
  }
  return { periods: runs.length, rollups: wrong };
}

/** The one of some months that is looked at on a day, if there are any: another one every day, so that each has its turn. */
export function monthsOnTurn(months: readonly string[], day: string): readonly string[] {
  const turn = (Date.parse(day) / DAY_MS) % Math.max(1, months.length);
  return months.slice(turn, turn + 1);
}

function rangeOf({ level, periods: [period = ''] }: Run): HourRange {
  switch (level) {
    case 'hour':
      return { from: period, until: hourAfter(period) };
    case 'day':
      return { from: firstHourOf(period), until: firstHourOf(dayAfter(period)) };
    case 'month':
      return { from: firstHourOf(`${period}-01`), until: firstHourOf(`${monthAfter(period)}-01`) };
  }
}

async function hasItsViews(rollups: AuditDesk['rollups'], head: Head, run: Run, cube: Cube): Promise<boolean> {
  const agree = await Promise.all(
    VIEWS.map(async (view) => {
      const kept = [...(await rollups.read(head.generation, run, view)).values()].flat();
      return isSame(projectCubes(kept, view.dimensions), projectCubes([cube], view.dimensions));
    }),
  );
  return agree.every(Boolean);
}

/** Equal facts make equal cubes, so their text tells. */
function isSame(one: Cube, other: Cube): boolean {
  const text = ({ rows, columns, counts }: Cube) =>
    JSON.stringify([
      rows,
      [...columns].map(([dimension, { dictionary, indexes }]) => [dimension, dictionary, Array.from(indexes)]),
      counts.map((own) => Array.from(own)),
    ]);
  return text(one) === text(other);
}
