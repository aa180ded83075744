import { json } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { Host } from '../../local/host.ts';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';

/** Lets tests, which run in processes of their own, run a function of the stack, as `aws lambda invoke` does. */
export async function startOperator(host: Pick<Host, 'invoke'>): Promise<LoopbackServer> {
  return await startLoopbackServer(async (request, response) => {
    try {
      const result = await host.invoke((request.url ?? '').slice(1), await json(request));
      response.writeHead(200).end(JSON.stringify(result));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }, console.error);
}

/** Runs a function of the running stack. @throws Error with the function's own when it fails */
export async function invoke(functionName: string, event: unknown = {}): Promise<unknown> {
  const { operatorUrl } = inject('locator');
  const answer = await fetch(`${operatorUrl}/${functionName}`, { method: 'POST', body: JSON.stringify(event) });
  if (!answer.ok) throw new Error(`${functionName} failed: ${await answer.text()}`);
  return answer.json();
}
