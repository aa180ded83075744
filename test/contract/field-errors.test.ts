import { expect, test } from 'vitest';
import type * as z from 'zod/mini';
import type { Operation } from '../../shared/contract/operation.ts';
import { OPERATIONS } from '../../shared/contract/operations.ts';
import { parseInput } from '../../shared/http/request.ts';

const TEXTS = ['', ' ', 'x'.repeat(2_000)];
const VALUES = [...TEXTS, 5, null, true, [], {}, { x: 1 }];

test('every field of every operation is refused in words of ours, whatever stands in it', () => {
  let refused = 0;
  for (const [route, { query, body }] of Object.entries(OPERATIONS) as [string, Operation][]) {
    const inputs = [
      { root: '?' as const, schema: query, values: TEXTS },
      { root: '#' as const, schema: body, values: VALUES },
    ];
    for (const { root, schema, values } of inputs) {
      for (const name of fieldsOf(schema)) {
        for (const value of values) {
          const { errors = [] } = parseInput(schema as z.ZodMiniType, root, { [name]: value });
          const own = errors.filter(({ pointer }) => pointer.startsWith(root === '?' ? `?${name}` : `#/${name}`));
          refused += own.length;
          for (const { pointer, detail } of own) expect(detail, `${route} ${pointer}`).not.toMatch(/^Invalid/);
        }
      }
    }
  }
  expect(refused).toBeGreaterThan(100);
});

function fieldsOf(schema: z.ZodMiniType | undefined): readonly string[] {
  return schema === undefined ? [] : Object.keys((schema as z.ZodMiniObject).shape);
}
