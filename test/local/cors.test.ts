import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CorsConfiguration, isPreflight, preflightAnswer, withCors } from '../../local/http/cors.ts';
import { type HttpRequest, messageAnswer } from '../../local/http/exchange.ts';

const CORS = CorsConfiguration.parse({
  AllowOrigins: ['https://a.example', 'https://b.example'],
  AllowMethods: ['GET', 'POST'],
  AllowHeaders: ['content-type'],
  ExposeHeaders: ['etag'],
  MaxAge: 600,
});

const request = (method: string, headers: Readonly<Record<string, string>>): HttpRequest => ({
  method,
  path: '/',
  query: '',
  headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
  body: Buffer.alloc(0),
  sourceIp: '192.0.2.1',
  sourcePort: 1,
});
const asks = (origin: string) => request('OPTIONS', { origin, 'access-control-request-method': 'POST' });

test('takes OPTIONS for a preflight only with an origin and a method to ask for', () => {
  expect(isPreflight(asks('https://a.example'))).toBe(true);
  expect(isPreflight(request('OPTIONS', { origin: 'https://a.example' }))).toBe(false);
  expect(isPreflight(request('OPTIONS', { 'access-control-request-method': 'POST' }))).toBe(false);
  expect(isPreflight(request('GET', { origin: 'https://a.example', 'access-control-request-method': 'POST' }))).toBe(
    false,
  );
});

test('answers a preflight from an allowed origin with what is allowed', () => {
  const { status, headers } = preflightAnswer(asks('https://b.example'), CORS);
  expect(status).toBe(204);
  expect(Object.fromEntries(headers)).toEqual({
    'access-control-allow-origin': ['https://b.example'],
    'access-control-allow-methods': ['GET,POST'],
    'access-control-allow-headers': ['content-type'],
    'access-control-max-age': ['600'],
  });
});

test('allows exact origins and no other, whatever they look like', () => {
  const near = fc.constantFrom(
    'https://a.example.evil.example',
    'http://a.example',
    'https://a.example:443',
    'https://A.example',
    'null',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        near,
        fc.domain().map((name) => `https://${name}`),
      ),
      (origin) => {
        fc.pre(!CORS.AllowOrigins.includes(origin));
        expect(preflightAnswer(asks(origin), CORS).headers.size).toBe(0);
        expect(
          withCors(messageAnswer(200, 'ok'), request('GET', { origin }), CORS).headers.has(
            'access-control-allow-origin',
          ),
        ).toBe(false);
      },
    ),
  );
});

test('puts its own headers in the place of the function’s', () => {
  const answer = messageAnswer(200, 'ok', {
    'access-control-allow-origin': '*',
    'access-control-allow-credentials': 'true',
    etag: '"1"',
  });
  const { headers } = withCors(answer, request('GET', { origin: 'https://a.example' }), CORS);
  expect(Object.fromEntries(headers)).toEqual({
    'content-type': ['application/json'],
    etag: ['"1"'],
    'access-control-allow-origin': ['https://a.example'],
    'access-control-expose-headers': ['etag'],
  });
});
