import * as z from 'zod/mini';

/** RFC 9457. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().check(z.meta({ description: 'The request id, to quote when asking for help.' })),
  errors: z.optional(
    z.array(
      z.strictObject({
        pointer: z
          .string()
          .check(
            z.meta({ description: '`#/member` of the body, `?parameter` of the query, or the name of a header.' }),
          ),
        detail: z.string(),
      }),
    ),
  ),
  suggestions: z.optional(z.array(z.strictObject({ label: z.string(), near: z.string() }))),
});
export type Problem = z.infer<typeof Problem>;
