import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { stopServer, urlOf } from './loopback-server.ts';

/** A post as a store's CRM gets it. */
export interface ReceivedPost {
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A store's CRM: takes every POST, and shows what it got to a GET. */
export async function startWebhookEndpoint(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const received: ReceivedPost[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(received));
      return;
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    received.push({ headers, body: await text(request) });
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `${urlOf(server)}/leads`, stop: () => stopServer(server) };
}
