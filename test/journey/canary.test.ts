import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';
import { walkCanary } from '../../shared/canary/walk-canary.ts';
import { canaryPorts } from '../../shared/runtime/canary-ports.ts';
import { countsOf } from '../support/counts.ts';
import { invoke } from '../support/operator.ts';

const { siteUrl, mailUrl } = inject('locator');

async function run(...args: string[]): Promise<{ status: number; stdout: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../local/canary-cli.ts'), ...args]);
  const [[status], stdout] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
  return { status, stdout };
}

describe('the canary', () => {
  test('as the schedule runs it gets through, and leaves nothing that counts', async () => {
    await invoke('walk-canary');
    const steps = await walkCanary(canaryPorts(siteUrl));
    expect(steps.map(({ step, fault }) => [step, fault])).toEqual(
      ['health', 'page', 'search', 'store', 'form', 'refusal', 'robot', 'link'].map((step) => [step, undefined]),
    );
  });

  test('where the inbox can be read reserves and withdraws, so that nothing stays active', async () => {
    const before = (await countsOf('?campaign=canary')).total;
    const { status, stdout } = await run('--url', siteUrl, '--inbox', mailUrl);
    expect([status, stdout.match(/ ok$/gm)?.length]).toEqual([0, 12]);
    expect(stdout).toMatch(/^withdraw +\d+ ms {2}ok$/m);
    const after = (await countsOf('?campaign=canary')).total;
    for (const count of ['submitted', 'confirmed', 'withdrawn'] as const) {
      expect(after[count] - before[count], count).toBe(1);
    }
    expect(after.active).toBe(0);
  });

  test('tells how it is to be called, and fails where nobody answers', async () => {
    expect(await run('--inbox', mailUrl)).toMatchObject({ status: 1, stdout: '' });
    const nobody = await run('--url', 'http://127.0.0.1:9');
    expect([nobody.status, nobody.stdout.trim()]).toEqual([1, expect.stringMatching(/^health +\d+ ms {2}TypeError$/)]);
  });
});

const running: LoopbackServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

/** The site, but for one answer. */
async function brokenSite(path: string, status: number, broken: string): Promise<string> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if ((request.url ?? '').split('?')[0] === path) {
      response.writeHead(status, { 'content-type': 'application/json' }).end(broken);
      return;
    }
    const body = await text(request);
    const answer = await fetch(new URL(request.url ?? '/', siteUrl), {
      method: request.method ?? 'GET',
      headers: { 'content-type': 'application/json' },
      ...(body !== '' && { body }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(await answer.text());
  };
  // A broken answer is a step that fails, which the tests see.
  const server = await startLoopbackServer(serve, () => {});
  running.push(server);
  return server.url;
}

test.each([
  ['the API is down', '/v1/health', 503, '{}', 'health', 'answered 503, not 200'],
  ['the page is none', '/', 200, '{}', 'page', 'the page is no HTML'],
  ['no store is found', '/v1/dealers', 200, '{"dealers":[]}', 'search', 'no store was found'],
  ['the store is cut off', '/v1/dealers/2590', 200, '{"id":', 'store', 'SyntaxError'],
  ['the form has no token', '/v1/form', 200, '{"consents":[{"version":"x"}]}', 'form', 'the form is not whole'],
  ['everything is taken', '/v1/interests', 202, '{}', 'refusal', 'answered 202, not 400'],
  ['every link is good', '/v1/interests/confirm', 200, '{}', 'link', 'answered 200, not 404'],
])('the canary stops where %s', async (_, path, status, body, step, fault) => {
  const steps = await walkCanary(canaryPorts(await brokenSite(path, status, body)));
  expect(steps.at(-1)).toMatchObject({ step, fault });
  expect(steps.slice(0, -1).filter((one) => one.fault !== undefined)).toEqual([]);
});
