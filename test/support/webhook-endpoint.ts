import { text } from 'node:stream/consumers';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';

/** A post as a store's CRM gets it. */
export interface ReceivedPost {
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A store's CRM: takes every POST, and shows what it got to a GET. */
export async function startWebhookEndpoint(): Promise<LoopbackServer> {
  const received: ReceivedPost[] = [];
  const { url, stop } = await startLoopbackServer(async (request, response) => {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(received));
      return;
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    received.push({ headers, body: await text(request) });
    response.writeHead(204).end();
  }, console.error);
  return { url: `${url}/leads`, stop };
}
