import { type Count, type CountsGroup, sumOf } from './counts.ts';
import { type DayRange, lengthInDays, type Period, periodsBetween, startOf } from './day-range.ts';

/** One period of the growth chart. */
export interface GrowthPoint {
  /** As the API spells it: a day, a Monday, a month. */
  readonly key: string;
  readonly start: Date;
  readonly submitted: Count;
  readonly confirmed: Count;
  readonly withdrawn: Count;
  readonly movedIn: Count;
  readonly movedOut: Count;
  /** The net change within the period. */
  readonly active: Count;
  /** What stands at the period's end; `null` from the first change on that is not told. */
  readonly standing: Count;
}

/**
 * The periods of a range without gaps: where nothing happened the API gives no row, and a chart would join what is apart.
 *
 * @param before what stood when the range began
 * @param today the last day that a range without an end has
 */
export function growthSeries(
  groups: readonly CountsGroup[],
  period: Period,
  days: DayRange,
  before: Count,
  today: string,
): GrowthPoint[] {
  const byKey = new Map(groups.map((group) => [group[period] ?? '', group]));
  const first = days.from ?? groups.map((group) => group[period] ?? '').toSorted()[0];
  if (first === undefined) return [];
  const firstDay = first.length === 7 ? `${first}-01` : first;
  const lastDay = days.to ?? today;
  if (firstDay > lastDay) return [];
  let standing = before;
  return periodsBetween(firstDay, lastDay, period).map((key) => {
    const { submitted = 0, confirmed = 0, withdrawn = 0, movedIn = 0, movedOut = 0, active = 0 } = byKey.get(key) ?? {};
    standing = sumOf([standing, active]);
    return { key, start: startOf(key), submitted, confirmed, withdrawn, movedIn, movedOut, active, standing };
  });
}

/** About how many days months with counts span. @param months `YYYY-MM`, in order */
export function daysOfMonths(months: readonly string[], today: string): number {
  const [first] = months;
  return first === undefined ? 1 : Math.max(1, lengthInDays(`${first}-01`, today));
}
