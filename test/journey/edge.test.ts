import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { expect, inject, test } from 'vitest';
import { FUNCTIONS } from '../../infra/functions.ts';
import { fetchStack } from '../../local/stack-description.ts';
import { ORIGIN_KEY_HEADER } from '../../shared/http/edge-only.ts';

const GUESS = 'a guess at the origin key';

interface Sent {
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as it is: `fetch` sets its own `host`. */
async function send(method: string, path: string, { host, headers }: Sent): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(inject('locator').siteUrl);
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  request(
    { hostname, port, method, path, headers: { ...headers, ...(host !== undefined && { host }) } },
    (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    },
  )
    .on('error', reject)
    .end();
  return await promise;
}

async function apiHost(): Promise<string> {
  const { apiHosts } = await fetchStack(Number(new URL(inject('locator').siteUrl).port));
  const [host] = apiHosts;
  if (host === undefined) throw new Error('the stack has no HTTP API');
  return host;
}

test('every route refuses who comes around the edge, whatever key they guess and whatever token they hold', async () => {
  const host = await apiHost();
  const { tokens } = inject('locator');
  const routes = Object.values(FUNCTIONS).flatMap(({ trigger }) => ('route' in trigger ? [trigger] : []));
  expect(routes.length).toBeGreaterThan(15);
  for (const trigger of routes) {
    const [method = '', path = ''] = trigger.route === '$default' ? ['PUT', '/v1/nothing'] : trigger.route.split(' ');
    const authorization = 'scope' in trigger ? { authorization: `Bearer ${tokens[trigger.scope]}` } : {};
    for (const key of [{}, { [ORIGIN_KEY_HEADER]: GUESS }]) {
      const headers = { ...authorization, ...key, 'x-viewer-address': '192.0.2.77' };
      const { status, text } = await send(method, path.replace(/\{\w+\}/, 'x'), { host, headers });
      expect([status, JSON.parse(text).status], trigger.route).toEqual([403, 403]);
    }
  }
  expect(readFileSync(inject('locator').logFile, 'utf8')).not.toContain(GUESS);
});

test('a key that a viewer sends through the edge is replaced by the edge’s own', async () => {
  const { status } = await send('GET', '/v1/health', { headers: { [ORIGIN_KEY_HEADER]: GUESS } });
  expect(status).toBe(200);
});
