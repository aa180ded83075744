import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createEdgeFunction } from '../../local/http/edge-function.ts';

const code = readFileSync(new URL('../../infra/edge/page-address.js', import.meta.url), 'utf8');
const atEdge = createEdgeFunction('page-address', code);

/** What becomes of an address: the path that goes on, or where the visitor is sent. */
async function outcome(path: string): Promise<string> {
  const answer = await atEdge({
    method: 'GET',
    path,
    query: 'utm_source=x',
    headers: new Map(),
    body: Buffer.alloc(0),
    sourceIp: '192.0.2.1',
    sourcePort: 1,
  });
  return 'status' in answer
    ? `${answer.status} ${answer.headers.get('location')?.[0]}`
    : `${answer.path}?${answer.query}`;
}

test.each([
  ['/stores/', '/stores?utm_source=x'],
  ['/es/stores/', '/es/stores?utm_source=x'],
  ['/stores/2590', '/stores/2590?utm_source=x'],
  ['/stores', '301 /stores/'],
  ['/es/stores', '301 /es/stores/'],
  ['/stores/2590/', '301 /stores/2590'],
  ['/es/stores/2590//', '301 /es/stores/2590'],
  // Nothing of ours; the API says so.
  ['/storesque', '/storesque?utm_source=x'],
])('each page has one address: %s', async (path, expected) => {
  expect(await outcome(path)).toBe(expected);
});

test('a redirect leads to an address that is not redirected', async () => {
  for (const path of ['/stores', '/stores/2590/', '/stores/a/b//', '/es/stores']) {
    const target = (await outcome(path)).replace('301 ', '');
    expect(await outcome(target)).not.toMatch(/^301/);
  }
});
