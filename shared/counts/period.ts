/**
 * Times of counting are UTC, as text that sorts: an hour `2026-11-25T13`, a day `2026-11-25`, a month `2026-11`. A range of hours
 * is half open, from `from` up to but without `until`; either end may be missing.
 */
export interface HourRange {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

const HOUR_MS = 3_600_000;

export function hourAt(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 13);
}

export function hourAfter(hour: string): string {
  return hourAt(Date.parse(`${hour}:00Z`) + HOUR_MS);
}

export function dayAfter(day: string): string {
  return hourAt(Date.parse(`${day}T00:00Z`) + 24 * HOUR_MS).slice(0, 10);
}

export function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return hourAt(Date.UTC(year, number, 1)).slice(0, 7);
}

export const dayOf = (hour: string): string => hour.slice(0, 10);
export const monthOf = (dayOrHour: string): string => dayOrHour.slice(0, 7);
export const firstHourOf = (day: string): string => `${day}T00`;

/** After this day the years have more digits, and times no longer sort as text. */
const LAST_DAY = '9999-12-31';

/** The hours of days that are both inclusive. */
export function hoursOfDays({
  from,
  to,
}: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): HourRange {
  return {
    from: from === undefined ? undefined : firstHourOf(from),
    until: to === undefined || to === LAST_DAY ? undefined : firstHourOf(dayAfter(to)),
  };
}

/** The Monday that begins a day's week (ISO 8601). */
export function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}
