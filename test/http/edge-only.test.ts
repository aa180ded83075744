import { createHash } from 'node:crypto';
import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { json, type Operation } from '../../shared/contract/operation.ts';
import { Problem } from '../../shared/contract/problem.ts';
import { api } from '../../shared/http/api.ts';
import { edgeOnly, ORIGIN_KEY_HEADER } from '../../shared/http/edge-only.ts';
import { refuseUnknownRoute } from '../../shared/http/unknown-route.ts';
import { gatewayEvent, TEST_ORIGIN_KEY } from '../support/gateway-event.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Whether an edge with these hashes lets a request with this header through. */
function passes(acceptedHashes: string, sent: string | undefined): boolean {
  const event = gatewayEvent();
  delete event.headers[ORIGIN_KEY_HEADER];
  if (sent !== undefined) event.headers[ORIGIN_KEY_HEADER] = sent;
  try {
    edgeOnly(acceptedHashes).before?.({ event } as Parameters<
      Exclude<ReturnType<typeof edgeOnly>['before'], undefined>
    >[0]);
    return true;
  } catch {
    return false;
  }
}

describe('a request', () => {
  test('passes with either of two keys, and with no other text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.option(fc.string(), { nil: undefined }), (a, b, sent) => {
        const hashes = `${sha256(`a${a}`)},${sha256(`b${b}`)}`;
        expect(passes(hashes, `a${a}`)).toBe(true);
        expect(passes(hashes, `b${b}`)).toBe(true);
        expect(passes(hashes, sent)).toBe(sent === `a${a}` || sent === `b${b}`);
      }),
    );
  });

  test('does not pass with the hash itself, which the functions’ configuration shows', () => {
    expect(passes(sha256('key'), sha256('key'))).toBe(false);
    expect(passes(sha256('key'), undefined)).toBe(false);
  });
});

test.each(['', 'abc', `${sha256('a')},`, `${sha256('a')} ,${sha256('b')}`, sha256('a').toUpperCase()])(
  'a function with the hashes %j does not start',
  (hashes) => {
    expect(() => edgeOnly(hashes)).toThrow(RangeError);
  },
);

const operation = {
  summary: 'test',
  security: 'public',
  success: { status: 200, content: json(z.strictObject({ headers: z.array(z.string()) })) },
  refusals: [400],
} as const satisfies Operation;
const answered = vi.fn();
const echo = api(operation, async ({ event }) => {
  answered();
  return { headers: Object.keys(event.headers) };
});

async function run(handler: typeof echo, headers: Record<string, string>) {
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  try {
    return { response: await handler(gatewayEvent({ headers }), {} as Context), log: written.join('') };
  } finally {
    stdout.mockRestore();
  }
}

describe('a function', () => {
  test('sees nothing of the key that the edge sent', async () => {
    const { response, log } = await run(echo, {});
    expect(JSON.parse(response.body ?? '')).toEqual({ headers: [] });
    expect(log).not.toContain(TEST_ORIGIN_KEY);
  });

  test.each([
    ['an operation', echo],
    ['whatever no route takes', refuseUnknownRoute([])],
  ])('that answers %s refuses a request around the edge, logs that and not what it sent', async (_, handler) => {
    answered.mockClear();
    const { response, log } = await run(handler, { [ORIGIN_KEY_HEADER]: 'a guess' });
    expect(response.statusCode).toBe(403);
    expect(response.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
    });
    expect(Problem.parse(JSON.parse(response.body ?? '')).status).toBe(403);
    expect(log).toContain('"status":403');
    expect(log + response.body).not.toContain('a guess');
    expect(answered).not.toHaveBeenCalled();
  });
});
