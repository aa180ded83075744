import { dayAfter, dayOf, firstHourOf, type HourRange, monthAfter, monthOf } from './period.ts';

/**
 * How far the roll-ups reach, and which periods have any: one item, moved on condition that it stands as it was read. A reader holds what it finds
 * against it, so that what is missing is noticed.
 */
export interface Head {
  /** Rises with every move. */
  readonly version: number;
  /** The set of roll-ups that counts. */
  readonly generation: string;
  /** Every hour before this one is closed and rolled up; facts are read from it on. */
  readonly closedBefore: string;
  /** The closed days that have facts: of each month a bit for each day, from the lowest. */
  readonly days: Readonly<Record<string, number>>;
  /** The closed hours that have facts, of the day that is still open: a bit for each. */
  readonly hours: number;
}

/** Someone else has moved the head since it was read. */
export class HeadMoved extends Error {
  override readonly name = 'HeadMoved';
}

/** The head promises a roll-up that is not there, or not whole: of a generation that ended meanwhile, or damaged. */
export class RollupMissing extends Error {
  override readonly name = 'RollupMissing';
}

/** No fact of an hour can come later than this after its end: no function that writes one runs longer than 10 s. */
export const CLOSING_MS = 15 * 60_000;

/** A head before any roll-up. @param firstHour of the first day that has facts */
export function emptyHead(generation: string, firstHour: string): Head {
  return { version: 0, generation, closedBefore: firstHour, days: {}, hours: 0 };
}

/** The head once a day is rolled up. Its hours are no longer looked at. */
export function withDayClosed(head: Head, day: string, hasFacts: boolean): Head {
  const month = monthOf(day);
  const bit = hasFacts ? 1 << (Number(day.slice(8)) - 1) : 0;
  const days = hasFacts ? { ...head.days, [month]: (head.days[month] ?? 0) | bit } : head.days;
  return { ...head, version: head.version + 1, closedBefore: firstHourOf(dayAfter(day)), days, hours: 0 };
}

/** The head once the hours up to one of the same day are rolled up. */
export function withHoursClosed(head: Head, hours: readonly string[], closedBefore: string): Head {
  const bits = hours.reduce((sum, hour) => sum | (1 << Number(hour.slice(11))), head.hours);
  return { ...head, version: head.version + 1, closedBefore, hours: bits };
}

export type Level = 'month' | 'day' | 'hour';

/** Periods of a level that follow each other among those that are rolled up, so that one range holds them and no other. */
export interface Run {
  readonly level: Level;
  readonly periods: readonly string[];
}

/** What a count over a range reads. */
export interface Reading {
  readonly runs: readonly Run[];
  /** What is not rolled up yet. */
  readonly facts: HourRange;
}

/**
 * What to read for a range: the roll-ups of months whose every day lies in it, of the days at its edges, of the closed hours of the open
 * day, and the facts since. Each fact is in one of them.
 * @param range from one day to another
 * @param byDay whether the day of each fact has to be known, so that months are of no use
 */
export function planReading(head: Head | undefined, range: HourRange, byDay: boolean): Reading {
  if (head === undefined) return { runs: [], facts: range };
  const isWithin = (day: string) =>
    (range.from === undefined || firstHourOf(day) >= range.from) &&
    (range.until === undefined || firstHourOf(day) < range.until);
  const months: string[][] = [[]];
  const days: string[][] = [[]];
  for (const month of Object.keys(head.days).sort()) {
    const own = daysOf(head, month);
    const isClosed = firstHourOf(`${monthAfter(month)}-01`) <= head.closedBefore;
    if (isClosed && !byDay && own.every(isWithin)) {
      months.at(-1)?.push(month);
      days.push([]);
      continue;
    }
    months.push([]);
    for (const day of own) {
      if (isWithin(day)) days.at(-1)?.push(day);
      else days.push([]);
    }
  }
  const open = dayOf(head.closedBefore);
  const hours = isWithin(open) ? hoursOf(head) : [];
  const runs = [
    ...months.map((periods): Run => ({ level: 'month', periods })),
    ...days.map((periods): Run => ({ level: 'day', periods })),
    { level: 'hour', periods: hours } as const,
  ].filter(({ periods }) => periods.length > 0);
  const from = range.from !== undefined && range.from > head.closedBefore ? range.from : head.closedBefore;
  return { runs, facts: { from, until: range.until } };
}

/** The closed days of a month that have facts. */
export function daysOf(head: Head, month: string): readonly string[] {
  const bits = head.days[month] ?? 0;
  return Array.from({ length: 31 }, (_, at) => at)
    .filter((at) => (bits & (1 << at)) !== 0)
    .map((at) => `${month}-${String(at + 1).padStart(2, '0')}`);
}

/** The closed hours of the open day that have facts. */
export function hoursOf(head: Head): readonly string[] {
  return Array.from({ length: 24 }, (_, at) => at)
    .filter((at) => (head.hours & (1 << at)) !== 0)
    .map((at) => `${dayOf(head.closedBefore)}T${String(at).padStart(2, '0')}`);
}

/** The next thing to roll up, of what is closed. */
export type Step =
  | { readonly kind: 'day'; readonly day: string; readonly endsMonth: boolean }
  | { readonly kind: 'hours'; readonly from: string; readonly until: string };

/** @param closedBefore the hour that is still open, or the one that may still get facts */
export function nextStep(head: Head, closedBefore: string): Step | undefined {
  if (head.closedBefore >= closedBefore) return undefined;
  const day = dayOf(head.closedBefore);
  const next = dayAfter(day);
  if (firstHourOf(next) <= closedBefore) return { kind: 'day', day, endsMonth: monthOf(next) !== monthOf(day) };
  return { kind: 'hours', from: head.closedBefore, until: closedBefore };
}
