import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type CanaryAnswer, walkCanary } from '../../shared/canary/walk-canary.ts';
import { findDealers } from '../../shared/contract/dealers.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';

const gazetteer = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));

/** The query of the search of a walk at a moment. */
async function searchAt(nowMilliseconds: number): Promise<string> {
  const asked: string[] = [];
  const answers: Record<string, CanaryAnswer> = {
    '/v1/health': { status: 200, contentType: 'application/json', text: '{"status":"ok"}' },
    '/': { status: 200, contentType: 'text/html', text: '' },
  };
  await walkCanary({
    async ask(_, path) {
      asked.push(path);
      return answers[path] ?? { status: 503, contentType: '', text: '' };
    },
    newAddress: () => 'nobody@example.com',
    nowMilliseconds: () => nowMilliseconds,
    pause: async () => {},
  });
  const [path, query] = asked.at(-1)?.split('?') ?? [];
  expect(path).toBe('/v1/dealers');
  return query ?? '';
}

const anyMoment = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2060, 0) });

test('every walk searches for a place in Florida that none of the ten days before it asked for', async () => {
  await fc.assert(
    fc.asyncProperty(anyMoment, fc.integer({ min: 1, max: 10 * 86_400_000 }), async (moment, later) => {
      const [one, other] = [await searchAt(moment), await searchAt(moment + later)];
      expect(one).not.toBe(other);
      for (const query of [one, other]) {
        const { near } = z.parse(findDealers.query, Object.fromEntries(new URLSearchParams(query)));
        expect(gazetteer.resolveNear(near)).toMatchObject({ kind: 'found', state: 'FL' });
      }
    }),
  );
});
