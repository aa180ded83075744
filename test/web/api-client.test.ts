import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiClient } from '../../web/client/api-client.ts';

let server: Server;
let client: ApiClient;
/** Told when a request has come, with what answers it. */
let asked: PromiseWithResolvers<ServerResponse>;
let timeout: AbortController;

beforeEach(async () => {
  asked = Promise.withResolvers();
  timeout = new AbortController();
  vi.spyOn(globalThis, 'fetch');
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(timeout.signal);
  server = createServer((_request, response) => asked.resolve(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`no port: ${address}`);
  client = new ApiClient(`http://127.0.0.1:${address.port}`);
});
afterEach(async () => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Gives the head of an answer, which has come when this returns, and the first bytes of its body. */
async function beginAnswer(status = 200): Promise<ServerResponse> {
  const response = await asked.promise;
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
  response.write('{"mod');
  await vi.mocked(fetch).mock.results[0]?.value;
  return response;
}

const endTime = () => timeout.abort(new DOMException('The operation timed out.', 'TimeoutError'));

test.each([200, 400])('an answer %i whose body does not come in time was too slow', async (status) => {
  const form = client.getForm('en-US');
  const failed = expect(form).rejects.toMatchObject({ name: 'RequestFailure', kind: 'slow' });
  await beginAnswer(status);
  endTime();
  await failed;
});

test('an answer whose connection breaks within the body is no connection', async () => {
  const form = client.getForm('en-US');
  const failed = expect(form).rejects.toMatchObject({ name: 'RequestFailure', kind: 'unreachable' });
  (await beginAnswer()).destroy();
  await failed;
});

test('a body that the caller gives up ends with the caller’s reason', async () => {
  const caller = new AbortController();
  const form = client.getForm('en-US', caller.signal);
  const failed = expect(form).rejects.toThrow('left');
  await beginAnswer();
  caller.abort(new Error('left'));
  await failed;
});

test.each([
  [503, 'Service Unavailable', 'server'],
  [429, 'Too Many Requests', 'busy'],
  [404, 'Not Found', 'server'],
])('an answer %i of the gateway itself, in its own form, is no refusal', async (status, message, kind) => {
  const form = client.getForm('en-US');
  const failed = expect(form).rejects.toMatchObject({ name: 'RequestFailure', kind, status });
  const response = await asked.promise;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
  await failed;
});
