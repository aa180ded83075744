/** Days from `from` to `to`, both inclusive and open-ended when absent; `YYYY-MM-DD` in UTC, as the API counts them. */
export interface DayRange {
  readonly from?: string;
  readonly to?: string;
}

/** The last so many days, today included, or all there are. */
export const RANGE_PRESETS = ['7d', '30d', '90d', '365d', 'all'] as const;
export type RangePreset = (typeof RANGE_PRESETS)[number];

/** What the API groups days by. */
export type Period = 'day' | 'week' | 'month';

const DAY_MILLISECONDS = 86_400_000;
/** Bars of a chart: more are too thin to tell apart. */
const MOST_DAYS = 45;
const MOST_WEEK_DAYS = 250;

/** Whether a text is a day since 2000: before that nothing was counted. */
export function isDay(text: string | null): text is string {
  if (text === null || !/^2\d{3}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The UTC day of a moment. @param milliseconds Unix */
export function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** The days that a choice means. A preset has no end: whatever happens now is in it. */
export function daysOf(choice: RangePreset | DayRange, today: string): DayRange {
  if (typeof choice !== 'string') return choice;
  return choice === 'all' ? {} : { from: shiftDay(today, 1 - Number.parseInt(choice, 10)) };
}

export function shiftDay(day: string, days: number): string {
  return dayOf(startOf(day).getTime() + days * DAY_MILLISECONDS);
}

/** How many days lie from `from` to `to`, both counted. */
export function lengthInDays(from: string, to: string): number {
  return Math.round((startOf(to).getTime() - startOf(from).getTime()) / DAY_MILLISECONDS) + 1;
}

/** The period that gives a chart of so many days neither too few bars nor too many. */
export function periodFor(days: number): Period {
  if (days <= MOST_DAYS) return 'day';
  return days <= MOST_WEEK_DAYS ? 'week' : 'month';
}

/** The key of the period that a day lies in, as the API spells it: the day, its Monday, or its month. */
export function periodOf(day: string, period: Period): string {
  if (period === 'day') return day;
  if (period === 'month') return day.slice(0, 7);
  return shiftDay(day, -((startOf(day).getUTCDay() + 6) % 7));
}

/** The first moment of a day, of a week by its Monday, or of a month by its `YYYY-MM`. */
export function startOf(key: string): Date {
  return new Date(`${key.length === 7 ? `${key}-01` : key}T00:00:00Z`);
}

/** The key of the period after one. */
export function nextPeriod(key: string, period: Period): string {
  if (period === 'month') return dayOf(Date.UTC(Number(key.slice(0, 4)), Number(key.slice(5, 7)), 1)).slice(0, 7);
  return shiftDay(key, period === 'week' ? 7 : 1);
}

/** Every period that has a day from `from` to `to`, in order. */
export function periodsBetween(from: string, to: string, period: Period): string[] {
  const last = periodOf(to, period);
  const keys: string[] = [];
  for (let key = periodOf(from, period); key <= last; key = nextPeriod(key, period)) keys.push(key);
  return keys;
}
