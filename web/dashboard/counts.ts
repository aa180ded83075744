import type * as z from 'zod/mini';
import type { InterestCountsAnswer } from '../../shared/contract/interest-counts.ts';
import type { SearchCountsAnswer } from '../../shared/contract/search-counts.ts';
import type { GroupKey as AnyGroupKey } from '../../shared/counts/grouping.ts';

/** The six counts of a row. */
export type Counts = Readonly<InterestCountsAnswer['total']>;
export type CountName = keyof Counts;
/** A count as the API gives it; `null` when it is too small to be told. */
export type Count = Counts[CountName];
/** In the order of the API's file. */
export const COUNT_NAMES = [
  'submitted',
  'confirmed',
  'withdrawn',
  'movedIn',
  'movedOut',
  'active',
] as const satisfies readonly CountName[];

/** Keys of the API that the dashboard groups by. */
export type GroupKey = Exclude<AnyGroupKey, 'division' | 'region' | 'zip3' | 'timeframe' | 'locale'>;

/** A row of an answer: its counts, and the code of each key that was grouped by. */
export type CountsGroup = Counts & Readonly<Partial<Record<GroupKey, string>>>;

/** Names of codes, by key; a code without a known name is left out. */
export type Names = Readonly<Partial<Record<GroupKey, Readonly<Record<string, string>> | undefined>>>;

/** What `GET /v1/interest-counts` answers. */
export type InterestCounts = Readonly<Omit<InterestCountsAnswer, 'groups'>> & {
  readonly groups: readonly CountsGroup[];
};

/** What `GET /v1/search-counts` answers. */
export type SearchCounts = Readonly<Omit<z.output<typeof SearchCountsAnswer>, 'groups'>> & {
  readonly groups: readonly {
    readonly state?: string;
    readonly 'distance-band'?: string;
    readonly searches: number;
  }[];
};

/** Distance bands in miles to the nearest listed store, the nearest first. */
export const DISTANCE_BANDS = ['0-10', '10-25', '25-50', '50-100', '100-250', '250+', 'none', 'unknown'] as const;

/** Those beyond the search's default radius of 100 miles: nobody would find a store there. */
export const FAR_BANDS: readonly string[] = ['100-250', '250+', 'none'];

/** The sum of counts; `null` when one of them is not told, for then nobody knows. */
export function sumOf(counts: Iterable<Count>): Count {
  let sum = 0;
  for (const count of counts) {
    if (count === null) return null;
    sum += count;
  }
  return sum;
}

/** The sum of those counts that are told, and whether that is all of them. */
export interface ToldSum {
  readonly sum: number;
  readonly exact: boolean;
}

export function sumTold(counts: Iterable<Count>): ToldSum {
  const all = [...counts];
  return { sum: all.reduce<number>((sum, count) => sum + (count ?? 0), 0), exact: !all.includes(null) };
}

/** `1,234`, or `≥ 1,234` when some of the counts in it are not told. */
export function formatSum({ sum, exact }: ToldSum): string {
  return exact ? whole.format(sum) : `≥ ${whole.format(sum)}`;
}

/** Larger counts first; those that are not told come after every count but 0. */
export function byCount<Row>(countOf: (row: Row) => Count): (a: Row, b: Row) => number {
  const rank = (row: Row) => countOf(row) ?? 0.5;
  return (a, b) => rank(b) - rank(a);
}

const whole = new Intl.NumberFormat('en-US');
const signed = new Intl.NumberFormat('en-US', { signDisplay: 'exceptZero' });

/** `1,234`, or `< 5` for a count that is not told. */
export function formatCount(count: Count, suppressedBelow: number | null): string {
  return count === null ? hidden(suppressedBelow) : whole.format(count);
}

/** `+1,234`, `-3`, `0`. */
export function formatChange(count: Count, suppressedBelow: number | null): string {
  return count === null ? hidden(suppressedBelow) : signed.format(count);
}

/** `41.2%` of a whole; `–` where there is none, or where it is not told. */
export function formatShare(part: Count, all: Count): string {
  if (part === null || all === null || all === 0) return '–';
  return new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 }).format(part / all);
}

function hidden(suppressedBelow: number | null): string {
  return suppressedBelow === null ? 'not told' : `< ${suppressedBelow}`;
}
