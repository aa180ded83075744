import * as z from 'zod/mini';

const Day = z.iso.date('must be a day that exists, as YYYY-MM-DD (UTC)');

/** The days that are counted, both inclusive; open-ended where absent. */
export const COUNTED_DAYS = { from: z.optional(Day), to: z.optional(Day) };

/** The state that is counted; `unknown` is the group of what cannot be placed. */
export const COUNTED_STATE = z.optional(
  z.string().check(z.regex(/^([A-Z]{2}|unknown)$/, 'must be the two letters of a state, such as FL, or unknown')),
);

/** Refuses days that end before they begin. */
export const daysInOrder = z.refine<{ readonly from?: string | undefined; readonly to?: string | undefined }>(
  ({ from, to }) => from === undefined || to === undefined || from <= to,
  { path: ['to'], error: 'must not be before from' },
);

/** One or two different keys to group by, separated by a comma. */
export function groupedBy<const Key extends string>(keys: readonly Key[]) {
  const fix = `must be one or two different keys, separated by a comma, of ${keys.join(', ')}`;
  return z
    .pipe(
      z.string(fix),
      z.pipe(
        z.transform((by: string) => by.split(',')),
        z.array(z.enum(keys, fix)),
      ),
    )
    .check(
      z.refine((by) => by.length <= 2 && new Set(by).size === by.length, fix),
      z.meta({ description: fix }),
    );
}
