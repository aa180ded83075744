import { afterEach, expect, test, vi } from 'vitest';
import { startDynamoDbGate } from '../../local/iam/dynamodb-gate.ts';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';

/** A busy machine takes its time. */
const PATIENTLY = { timeout: 10_000 };

const running: LoopbackServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0).reverse()) await server.stop();
});

async function gateTo(serve: Parameters<typeof startLoopbackServer>[0]) {
  const faults: unknown[] = [];
  const database = await startLoopbackServer(serve, () => {});
  const gate = await startDynamoDbGate(database.url, { judge: () => undefined }, (error) => faults.push(error));
  running.push(database, gate);
  return { url: gate.url, faults };
}

test('hands on what the database answers, as it is', async () => {
  const { url, faults } = await gateTo(async (_, response) => {
    response.writeHead(400, { 'x-amz-crc32': '1' }).end('{"__type":"ValidationException"}');
  });
  const answer = await fetch(url, { method: 'POST', body: '{}' });
  expect([answer.status, answer.headers.get('x-amz-crc32')]).toEqual([400, '1']);
  expect(await answer.json()).toEqual({ __type: 'ValidationException' });
  expect(faults).toEqual([]);
});

test('breaks off where the database breaks off in its answer, and leaves nobody waiting', async () => {
  const { url, faults } = await gateTo(async (_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"Item', () => response.destroy());
  });
  const answer = await fetch(url, { method: 'POST', body: '{}' });
  await expect(answer.text()).rejects.toThrow();
  await vi.waitFor(() => expect(faults).toHaveLength(1), PATIENTLY);
});
