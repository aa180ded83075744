import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Limit, MAILBOX_LIMITS, SENDER_LIMIT, windowOf } from '../../shared/limits/limit.ts';
import type { LimitTable } from '../../shared/limits/limit-table.ts';
import { FAULTS, type Fault, faultyClient } from '../support/faulty-client.ts';
import { type LocatorTables, makeLocatorTables } from '../support/locator-tables.ts';

let tables: LocatorTables;
beforeAll(async () => {
  tables = await makeLocatorTables();
});

const NOW = Date.UTC(2026, 10, 23, 14, 5, 9, 120);

describe('a limit', () => {
  test.each([SENDER_LIMIT, ...MAILBOX_LIMITS])(
    'of $most for a $of in $windowSeconds s lets exactly so many pass at once',
    async (limit) => {
      const subject = randomUUID();
      const taken = await Promise.all(Array.from({ length: 100 }, () => tables.limits.take(limit, subject, NOW)));
      const { endSeconds } = windowOf(limit, NOW);
      const refused = taken.filter((wait) => wait !== undefined);
      expect(refused).toHaveLength(100 - limit.most);
      expect(new Set(refused)).toEqual(new Set([endSeconds - Math.floor(NOW / 1000)]));
      const items = (await tables.scan('limits')).filter(({ pk }) => String(pk).includes(subject));
      // Deleted by time to live when its window is over, and not before.
      expect(items).toMatchObject([{ hits: limit.most, expiresAtSeconds: endSeconds }]);
    },
  );

  test('lets no more pass within a window however answers are lost and requests repeated, and at most twice as many around its end', async () => {
    const { endSeconds } = windowOf(SENDER_LIMIT, NOW);
    const late: Promise<unknown>[] = [];
    const clientOf = (fault: Fault) =>
      faultyClient(
        () => fault,
        (send) => late.push(Promise.allSettled([send()])),
      );
    const through = new Map<Fault | undefined, LimitTable>(
      FAULTS.map((fault) => [fault, tables.open(clientOf(fault)).limits]),
    );
    // Forms of one burst, of which some come before the hour is over and some after it.
    const anyForm = fc.record({
      milliseconds: fc.integer({ min: -2_000, max: 500 }),
      fault: fc.option(fc.constantFrom(...FAULTS), { nil: undefined, freq: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyForm, { minLength: 100, maxLength: 140 }), fc.uuid(), async (forms, subject) => {
        const passed = await Promise.all(
          forms.map(async ({ milliseconds, fault }) => {
            const now = endSeconds * 1000 + milliseconds;
            const wait = await (through.get(fault) ?? tables.limits)
              .take(SENDER_LIMIT, subject, now)
              .catch((error: Error) => error.name);
            return wait === undefined ? [windowOf(SENDER_LIMIT, now).startSeconds] : [];
          }),
        );
        await Promise.all(late);
        const byWindow = Map.groupBy(passed.flat(), (window) => window);
        for (const { length } of byWindow.values()) expect(length).toBeLessThanOrEqual(SENDER_LIMIT.most);
        expect(byWindow.size).toBeLessThanOrEqual(2);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  test('counts each window and each subject by itself, as a list of moments says', async () => {
    const limit: Limit = { of: 'mailbox', most: 2, windowSeconds: 60 };
    const anyTake = fc.record({ subject: fc.constantFrom('a', 'b'), seconds: fc.nat({ max: 200 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(anyTake, { maxLength: 12 }), fc.uuid(), async (takes, run) => {
        const passed = new Map<string, number>();
        for (const { subject, seconds } of takes) {
          const now = NOW + seconds * 1000;
          const window = `${subject} ${Math.floor(now / 60_000)}`;
          const before = passed.get(window) ?? 0;
          const wait = await tables.limits.take(limit, `${subject}-${run}`, now);
          if (before < 2) {
            expect(wait).toBeUndefined();
            passed.set(window, before + 1);
          } else {
            expect(wait).toBe(60 - (Math.floor(now / 1000) % 60));
          }
        }
      }),
      { numRuns: 15 },
    );
  });

  test('is one for the kinds of it that share a subject by chance', async () => {
    const subject = randomUUID();
    const once = (of: Limit['of'], windowSeconds: number): Limit => ({ of, windowSeconds, most: 1 });
    for (const limit of [once('sender', 60), once('mailbox', 60), once('mailbox', 3600)]) {
      expect(await tables.limits.take(limit, subject, NOW)).toBeUndefined();
      expect(await tables.limits.take(limit, subject, NOW)).toBeGreaterThan(0);
    }
  });
});
