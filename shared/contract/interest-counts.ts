import * as z from 'zod/mini';
import { GROUP_KEYS } from '../counts/grouping.ts';
import { UNDECIDED_MODEL } from '../launch/launch.ts';
import { COUNTED_DAYS, COUNTED_STATE, daysInOrder, groupedBy } from './counts-query.ts';
import { DealerId, ModelId } from './dealers.ts';
import { json, type Operation } from './operation.ts';

export const InterestCountsQuery = z
  .strictObject({
    by: z.optional(groupedBy(GROUP_KEYS)),
    ...COUNTED_DAYS,
    state: COUNTED_STATE,
    model: z.optional(z.union([ModelId, z.literal(UNDECIDED_MODEL)], `must be a model id or ${UNDECIDED_MODEL}`)),
    dealerId: z.optional(DealerId),
    metro: z.optional(z.string().check(z.regex(/^\d{5}$/, 'must be the five digits of a CBSA code'))),
    campaign: z.optional(z.string().check(z.regex(/^[A-Za-z0-9._-]{1,60}$/, 'must be the name of a campaign'))),
  })
  .check(daysInOrder);

const Count = z.nullable(z.int()).check(z.meta({ description: 'Null when it is left out, with `suppressedBelow`.' }));
const SIX_COUNTS = {
  submitted: Count,
  confirmed: Count,
  withdrawn: Count,
  movedIn: Count,
  movedOut: Count,
  active: Count,
};
const Names = z.optional(z.record(z.string(), z.string()));

export const InterestCountsAnswer = z.strictObject({
  asOf: z.iso.datetime(),
  complete: z.boolean(),
  definitions: z.record(z.string(), z.string()),
  suppressedBelow: z
    .nullable(z.int())
    .check(
      z.meta({ description: 'Smaller counts are null, and others by which they could be told. Null: all are shown.' }),
    ),
  names: z
    .strictObject({ state: Names, county: Names, metro: Names, dealer: Names })
    .check(
      z.meta({ description: 'For each place or store that the groups are by: the names of the codes that occur.' }),
    ),
  total: z.strictObject(SIX_COUNTS),
  groups: z.array(
    z.looseObject(SIX_COUNTS).check(z.meta({ description: 'The six counts, and one member for each key of `by`.' })),
  ),
});
export type InterestCountsAnswer = z.infer<typeof InterestCountsAnswer>;

/** Described, not checked: it is made row by row. */
const InterestCountsCsv = z.string().check(
  z.meta({
    description:
      'The same rows, RFC 4180: the keys of `by`, each place or store followed by its name, the six counts, `asOf`. With `Accept: text/csv;dialect=spreadsheet` codes are written so that a spreadsheet keeps their leading zeros.',
  }),
);

export const countInterests = {
  summary: 'Exact counts of interests',
  security: 'oidc-counts',
  query: InterestCountsQuery,
  success: { status: 200, content: { ...json(InterestCountsAnswer), 'text/csv': InterestCountsCsv } },
  refusals: [400, 401, 403],
} as const satisfies Operation;
