import { gunzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Context } from 'aws-lambda';
import { describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { json, type Operation } from '../../shared/contract/operation.ts';
import { Problem } from '../../shared/contract/problem.ts';
import { api } from '../../shared/http/api.ts';
import { HttpProblem } from '../../shared/http/http-problem.ts';
import { parameterOfAccepted } from '../../shared/http/media-type.ts';
import { refuseUnknownRoute } from '../../shared/http/unknown-route.ts';
import { type EventParts, gatewayEvent } from '../support/gateway-event.ts';

const operation = {
  summary: 'test',
  security: 'public',
  cache: 'public',
  query: z.strictObject({
    a: z.string('is required'),
    b: z.optional(z.string().check(z.regex(/^\d$/, 'must be a digit'))),
  }),
  success: { status: 200, content: { ...json(z.strictObject({ a: z.string() })), 'text/x': z.string() } },
  refusals: [400],
} as const satisfies Operation;

const context = {} as Context;

async function call(handler: ReturnType<typeof api>, parts: EventParts) {
  const written: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  try {
    const response = await handler(gatewayEvent(parts), context);
    return { response, log: written.join('') };
  } finally {
    stdout.mockRestore();
  }
}

const echo = api(operation, async ({ query }) => ({ a: query.a }));

describe('an operation', () => {
  test('answers what its schema shapes, with security headers', async () => {
    const { response } = await call(echo, { rawQueryString: 'a=1' });
    expect(response).toMatchObject({ statusCode: 200, body: '{"a":"1"}' });
    expect(response.headers).toMatchObject({
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringContaining('max-age='),
      vary: 'accept',
    });
  });

  test('names every bad, unknown and repeated parameter', async () => {
    const { response } = await call(echo, { rawQueryString: 'b=xx&c=1&%2Fd=' });
    expect(response.statusCode).toBe(400);
    expect(response.headers?.['content-type']).toBe('application/problem+json');
    const problem = Problem.parse(JSON.parse(response.body ?? ''));
    expect(problem.errors?.map(({ pointer }) => pointer).toSorted()).toEqual(['?%2Fd', '?a', '?b', '?c']);
    expect(problem.instance).toBe('request-1');
    const repeated = await call(echo, { rawQueryString: 'a=1&a=2' });
    expect(repeated.response.statusCode).toBe(400);
  });

  test('that would answer what the contract does not name answers 500 instead, and says nothing of it', async () => {
    const leak = api(operation, async () => ({ a: 'x', secret: 'whsec_1' }) as { a: string });
    const { response, log } = await call(leak, { rawQueryString: 'a=1' });
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('whsec');
    expect(log).not.toContain('whsec');
    expect(log).toContain('"requestId":"request-1"');
  });

  test('that fails answers a 500 with the request id, and logs neither message, query nor path', async () => {
    const failing = api(operation, async () => {
      throw new Error('ann@example.com could not be stored');
    });
    const { response, log } = await call(failing, { rawQueryString: 'a=ann%40example.com', rawPath: '/v1/ann' });
    expect(response.statusCode).toBe(500);
    expect(Problem.parse(JSON.parse(response.body ?? '')).instance).toBe('request-1');
    expect(response.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(`${response.body}`).not.toContain('ann');
    expect(log.replaceAll('"route":"GET /v1/ann"', '')).not.toContain('ann');
    expect(log).toContain('"name":"Error"');
  });

  test('that meets a throttled database answers 503 with Retry-After', async () => {
    const busy = api(operation, async () => {
      throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    });
    const { response } = await call(busy, { rawQueryString: 'a=1' });
    expect(response.statusCode).toBe(503);
    expect(response.headers?.['retry-after']).toBeDefined();
  });

  test('that refuses answers with the refusal’s headers and suggestions', async () => {
    const refusing = api(operation, async () => {
      throw new HttpProblem(404, 'no such place', { suggestions: [{ label: 'Plantation, FL', near: '33324' }] });
    });
    const { response } = await call(refusing, { rawQueryString: 'a=1' });
    expect(response.statusCode).toBe(404);
    expect(Problem.parse(JSON.parse(response.body ?? '')).suggestions).toHaveLength(1);
  });

  test('is cacheable by its ETag when it is public, and 304 when nothing changed', async () => {
    const first = (await call(echo, { rawQueryString: 'a=1' })).response;
    const etag = String(first.headers?.['etag']);
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(first.headers?.['cache-control']).toContain('public');
    const again = (await call(echo, { rawQueryString: 'a=1', headers: { 'if-none-match': `"x", W/${etag}` } }))
      .response;
    expect(again).toMatchObject({ statusCode: 304, headers: { etag, vary: 'accept' } });
    expect(again.body).toBeUndefined();
    const other = (await call(echo, { rawQueryString: 'a=2', headers: { 'if-none-match': etag } })).response;
    expect(other.statusCode).toBe(200);
    const bad = (await call(echo, { rawQueryString: '', headers: { 'if-none-match': '*' } })).response;
    expect(bad.headers).toMatchObject({ 'cache-control': 'no-store' });
  });

  test.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/x', 'text/x'],
    ['application/json;q=0.2, text/x', 'text/x'],
    ['text/*', 'text/x'],
    ['text/x;q=0, image/png', 'application/json'],
  ])('given Accept %s answers %s', async (accept, mediaType) => {
    const handler = api(operation, async (request) => (request.mediaType === 'text/x' ? 'x' : { a: 'x' }));
    const { response } = await call(handler, { rawQueryString: 'a=1', ...(accept && { headers: { accept } }) });
    expect(response.headers?.['content-type']).toBe(mediaType);
  });
});

describe('a large answer', () => {
  const rows = 'x'.repeat(10_000);
  const refusal = () => new HttpProblem(400, 'too much');
  const large = api(operation, async ({ query }) => ({ a: rows.repeat(Number(query.a)) }), { large: { refusal } });

  test.each(['gzip', 'br, gzip;q=0.5', '*'])('is compressed for a caller that takes %s', async (coding) => {
    const { response } = await call(large, { rawQueryString: 'a=1', headers: { 'accept-encoding': coding } });
    expect(response.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept, accept-encoding' });
    expect(response.isBase64Encoded).toBe(true);
    expect(JSON.parse(gunzipSync(Buffer.from(response.body ?? '', 'base64')).toString())).toEqual({ a: rows });
  });

  test.each([undefined, 'br', 'gzip;q=0', 'identity, gzip;q=0.0', '*, gzip;q=0', '*;q=0'])(
    'is not for one that says %s',
    async (coding) => {
      const headers = coding === undefined ? {} : { 'accept-encoding': coding };
      const { response } = await call(large, { rawQueryString: 'a=1', headers });
      expect(response.headers).not.toHaveProperty('content-encoding');
      expect(JSON.parse(response.body ?? '')).toEqual({ a: rows });
    },
  );

  test('is refused when it is more than the gateway carries, and not when compressed it is less', async () => {
    expect((await call(large, { rawQueryString: 'a=700' })).response.statusCode).toBe(400);
    const headers = { 'accept-encoding': 'gzip' };
    expect((await call(large, { rawQueryString: 'a=700', headers })).response.statusCode).toBe(200);
    expect((await call(large, { rawQueryString: 'a=600' })).response.statusCode).toBe(200);
  });
});

describe('a parameter of the media type that is accepted', () => {
  test.each([
    ['text/csv;dialect=spreadsheet', 'spreadsheet'],
    ['application/json, Text/CSV; q=0.5; Dialect="Spreadsheet"', 'spreadsheet'],
    ['text/csv', undefined],
    ['text/plain;dialect=spreadsheet', undefined],
    [undefined, undefined],
  ])('of %s is %s', (accept, value) => {
    expect(parameterOfAccepted(accept, 'text/csv', 'dialect')).toBe(value);
  });
});

describe('what no route takes', () => {
  const unknown = refuseUnknownRoute([
    'GET /v1/dealers',
    'GET /v1/dealers/{dealerId}',
    'POST /v1/interests',
    'GET /v1/openapi.json',
  ]);

  test.each([
    ['POST', '/v1/dealers', 405, 'GET, HEAD'],
    ['PUT', '/v1/dealers/1', 405, 'GET, HEAD'],
    ['GET', '/v1/interests', 405, 'POST'],
    ['GET', '/v1/dealers/1/2', 404, undefined],
    ['GET', '/v1/openapiXjson', 404, undefined],
    ['GET', '/', 404, undefined],
  ])('%s %s is a %i', async (method, rawPath, status, allow) => {
    const { response } = await call(unknown, { method, rawPath });
    expect(response.statusCode).toBe(status);
    expect(response.headers?.['allow']).toBe(allow);
    expect(() => Problem.parse(JSON.parse(response.body ?? ''))).not.toThrow();
  });
});

test('the schema of problems is one that other validators take', () => {
  expect(() => new Ajv2020().compile(z.toJSONSchema(Problem))).not.toThrow();
});
