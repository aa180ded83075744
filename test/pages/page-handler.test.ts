import type { Context } from 'aws-lambda';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HttpProblem } from '../../shared/http/http-problem.ts';
import { refuseUnknownRoute } from '../../shared/http/unknown-route.ts';
import { findPage } from '../../web/pages/find-page.ts';
import { pageChain, pageHandler } from '../../web/pages/page-handler.ts';
import { type EventParts, gatewayEvent } from '../support/gateway-event.ts';

const site = { origin: 'https://alpine.example', stylesheet: '/site-ABC.css' };
const unasked = pageHandler(site, async ({ locale }) => findPage({ near: '', model: '' }, { kind: 'unasked' }, locale));
const failing = (error: Error) =>
  pageHandler(
    site,
    async () => {
      throw error;
    },
    'store',
  );

afterEach(() => vi.restoreAllMocks());

/** Calls a handler. What it logs is kept apart. */
async function call(handler: typeof unasked, parts: EventParts) {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  const { statusCode, headers, body } = await handler(gatewayEvent(parts), {} as Context);
  return { status: statusCode, headers: headers ?? {}, body: body ?? '', log: written.join('') };
}

test('a page has the language of its path, the policy of pages, and an ETag that spares its sending', async () => {
  const { status, headers, body } = await call(unasked, { rawPath: '/es/find' });
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(body).toContain('<html lang="es-US">');
  expect(headers['content-security-policy']).toContain('form-action https://alpine.example/find ');
  const again = await call(unasked, { rawPath: '/es/find', headers: { 'if-none-match': String(headers['etag']) } });
  expect([again.status, again.body]).toEqual([304, '']);
});

describe('an error of a page is a page', () => {
  test('with the request’s number, and nothing of what went wrong', async () => {
    const answer = await call(failing(new Error('the table is on fire')), { rawPath: '/stores/2590' });
    expect([answer.status, answer.headers['content-type']]).toEqual([500, 'text/html; charset=utf-8']);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toContain('request-1');
    expect(answer.body + answer.log).not.toContain('fire');
    expect(answer.log).toContain('"request failed"');
  });

  test('that says when to come again, when the database is busy', async () => {
    const throttled = Object.assign(new Error(), { name: 'ThrottlingException' });
    const { status, headers } = await call(failing(throttled), { rawPath: '/stores/2590' });
    expect([status, headers['retry-after']]).toEqual([503, '5']);
  });

  test('that tells an unknown store from an unknown page, and both from a withdrawn store', async () => {
    const [store, withdrawn, page] = await Promise.all([
      call(failing(new HttpProblem(404, '')), { rawPath: '/stores/x' }),
      call(failing(new HttpProblem(410, '')), { rawPath: '/stores/x' }),
      call(refuseUnknownRoute([], pageChain(site, 'page')), { rawPath: '/x' }),
    ]);
    const headings = [store, withdrawn, page].map(({ body }) => /<h1>([^<]*)</.exec(body)?.[1]);
    expect(new Set(headings).size).toBe(3);
    expect([store.status, withdrawn.status, page.status]).toEqual([404, 410, 404]);
  });
});

test('an unknown address of the API is answered with a problem document all the same', async () => {
  const unknown = refuseUnknownRoute(['GET /stores/{dealerId}'], pageChain(site, 'page'));
  const api = await call(unknown, { rawPath: '/v1/nothing' });
  expect([api.status, api.headers['content-type']]).toEqual([404, 'application/problem+json']);
  const post = await call(unknown, { method: 'POST', rawPath: '/stores/2590' });
  expect([post.status, post.headers['allow'], post.headers['content-type']]).toEqual([
    405,
    'GET, HEAD',
    'text/html; charset=utf-8',
  ]);
});
