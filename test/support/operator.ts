import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { Host } from '../../local/host.ts';
import { stopServer, urlOf } from './loopback-server.ts';

interface Operator {
  readonly url: string;
  stop(): Promise<void>;
}

/** Lets tests, which run in processes of their own, run a function of the stack, as `aws lambda invoke` does. */
export async function startOperator(host: Pick<Host, 'invoke'>): Promise<Operator> {
  const server = createServer((request, response) => {
    void json(request)
      .then((event) => host.invoke((request.url ?? '').slice(1), event))
      .then(
        (result) => response.writeHead(200).end(JSON.stringify(result)),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: urlOf(server), stop: () => stopServer(server) };
}

/** Runs a function of the running stack. @throws Error with the function's own when it fails */
export async function invoke(functionName: string, event: unknown = {}): Promise<unknown> {
  const { operatorUrl } = inject('locator');
  const answer = await fetch(`${operatorUrl}/${functionName}`, { method: 'POST', body: JSON.stringify(event) });
  if (!answer.ok) throw new Error(`${functionName} failed: ${await answer.text()}`);
  return answer.json();
}
