import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { HostError } from '../../local/host-error.ts';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';
import { fetchStack } from '../../local/stack-description.ts';

const running: LoopbackServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

test.each([
  ['a page', (response: ServerResponse) => response.end('<!doctype html>'), 'is not the local stack'],
  ['other JSON', (response: ServerResponse) => response.end('{"region":1}'), 'is not the local stack'],
  ['no such page', (response: ServerResponse) => response.writeHead(404).end(), 'is not the local stack'],
  ['not yet', (response: ServerResponse) => response.writeHead(503).end(), 'is not ready'],
  ['nothing', (response: ServerResponse) => response.destroy(), 'Nothing runs on port'],
])('a tool that is answered with %s says so in one sentence', async (_, answer, said) => {
  const server = await startLoopbackServer(
    async (_, response) => void answer(response),
    () => {},
  );
  running.push(server);
  const asking = fetchStack(Number(new URL(server.url).port));
  await expect(asking).rejects.toThrow(HostError);
  await expect(asking).rejects.toThrow(said);
});
