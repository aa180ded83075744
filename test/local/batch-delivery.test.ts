import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DeliveryRules, deliverBatch, type StreamRecord } from '../../local/aws/batch-delivery.ts';

const FOREVER: DeliveryRules = {
  reportsItemFailures: true,
  bisects: false,
  maxRetries: Number.POSITIVE_INFINITY,
  maxAgeSeconds: Number.POSITIVE_INFINITY,
};
const NOW_MS = 1_000_000_000;

const record = (number: number, ageSeconds = 0): StreamRecord => ({
  dynamodb: { SequenceNumber: String(number), ApproximateCreationDateTime: NOW_MS / 1000 - ageSeconds },
});
const numbers = (records: readonly StreamRecord[]): number[] =>
  records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber));

/** Delivers records 0 to n−1 to a function of the test's own and notes everything that happens. */
async function deliver(
  records: readonly StreamRecord[],
  rules: DeliveryRules,
  invoke: (numbers: number[]) => unknown,
  signal = new AbortController().signal,
) {
  const calls: number[][] = [];
  const positions: number[] = [];
  const discarded: number[] = [];
  await deliverBatch(records, rules, {
    invoke: async (part) => {
      calls.push(numbers(part));
      return await invoke(numbers(part));
    },
    advance: (sequenceNumber) => void positions.push(Number(sequenceNumber)),
    discard: (part) => void discarded.push(...numbers(part)),
    retryDelayMs: () => 0,
    now: () => NOW_MS,
    signal,
  });
  return { calls, positions, discarded };
}

const failures = (...items: number[]) => ({
  batchItemFailures: items.map((item) => ({ itemIdentifier: String(item) })),
});

test('delivers a good batch once and moves behind it', async () => {
  const { calls, positions, discarded } = await deliver(
    [0, 1, 2].map((n) => record(n)),
    FOREVER,
    () => null,
  );
  expect({ calls, positions, discarded }).toEqual({ calls: [[0, 1, 2]], positions: [2], discarded: [] });
});

test('deals with every record in order, gives up only poison, and tries that as often as allowed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.uniqueArray(fc.nat(11)),
      fc.nat(3),
      fc.boolean(),
      async (count, poison, maxRetries, bisects) => {
        const done: number[] = [];
        const tries = new Map<number, number>();
        const rules = { ...FOREVER, maxRetries, bisects };
        const { positions, discarded } = await deliver(
          Array.from({ length: count }, (_, n) => record(n)),
          rules,
          (part) => {
            for (const n of part) {
              tries.set(n, (tries.get(n) ?? 0) + 1);
              if (poison.includes(n)) return failures(n);
              done.push(n);
            }
            return failures();
          },
        );
        // Without bisection a poisoned record takes down with it what comes behind it in its part.
        if (bisects) expect(discarded).toEqual(poison.filter((n) => n < count).sort((a, b) => a - b));
        for (const n of Array.from({ length: count }).keys())
          expect(done.includes(n) || discarded.includes(n)).toBe(true);
        for (const n of poison.filter((one) => one < count))
          expect(tries.get(n) ?? 0).toBeGreaterThanOrEqual(bisects ? 1 : 0);
        expect(positions).toEqual([...positions].sort((a, b) => a - b));
        expect(positions.at(-1)).toBe(count - 1);
      },
    ),
  );
});

test('finds the poison by halves when the function can only fail as a whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 16 }), fc.uniqueArray(fc.nat(15)), async (count, poison) => {
      const rules = { ...FOREVER, reportsItemFailures: false, bisects: true, maxRetries: 1 };
      const { discarded, positions } = await deliver(
        Array.from({ length: count }, (_, n) => record(n)),
        rules,
        (part) => {
          if (part.some((n) => poison.includes(n))) throw new Error('poison');
          return null;
        },
      );
      expect(discarded).toEqual(poison.filter((n) => n < count).sort((a, b) => a - b));
      expect(positions.at(-1)).toBe(count - 1);
    }),
  );
});

test('goes on from the first failed record of several', async () => {
  let first = true;
  const { calls, positions } = await deliver(
    [0, 1, 2, 3].map((n) => record(n)),
    FOREVER,
    () => {
      if (!first) return null;
      first = false;
      return failures(3, 1);
    },
  );
  expect(calls).toEqual([
    [0, 1, 2, 3],
    [1, 2, 3],
  ]);
  expect(positions).toEqual([0, 3]);
});

test.each([
  ['names a record of another batch', failures(99)],
  ['has an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
  ['has no identifier', { batchItemFailures: [{}] }],
  ['is text', 'fine'],
])('repeats the whole batch when the response %s', async (_, response) => {
  let first = true;
  const { calls } = await deliver([record(0), record(1)], FOREVER, () => {
    if (!first) return null;
    first = false;
    return response;
  });
  expect(calls).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

test.each([null, '', {}, { batchItemFailures: null }, { batchItemFailures: [] }])(
  'takes %j for success',
  async (response) => {
    const { calls } = await deliver([record(0)], FOREVER, () => response);
    expect(calls).toEqual([[0]]);
  },
);

test('does not look for item failures that the mapping does not ask for', async () => {
  const { calls } = await deliver([record(0)], { ...FOREVER, reportsItemFailures: false }, () => failures(0));
  expect(calls).toEqual([[0]]);
});

test('gives up records that are too old without calling the function', async () => {
  const rules = { ...FOREVER, maxAgeSeconds: 60 };
  const { calls, discarded, positions } = await deliver([record(0, 61), record(1, 59)], rules, () => null);
  expect({ calls, discarded, positions }).toEqual({ calls: [[1]], discarded: [0], positions: [1] });
});

test('tries once and as often again as there are retries', async () => {
  const { calls, discarded } = await deliver([record(0)], { ...FOREVER, maxRetries: 2 }, () => {
    throw new Error('always');
  });
  expect({ calls: calls.length, discarded }).toEqual({ calls: 3, discarded: [0] });
});

test('leaves what is not done where it is when it is stopped', async () => {
  const stopping = new AbortController();
  const { positions } = await deliver(
    [record(0), record(1)],
    FOREVER,
    () => {
      stopping.abort();
      return failures(1);
    },
    stopping.signal,
  );
  expect(positions).toEqual([0]);
});
