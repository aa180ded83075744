import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface LoopbackServer {
  readonly url: string;
  /** Cuts off what is under way, and waits until the port is free. */
  stop(): Promise<void>;
}

/**
 * Serves the programs of this machine on a free port of its own address.
 *
 * @param onFault told why a request could not be served: its connection is broken, which clients know how to try again
 */
export async function startLoopbackServer(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  onFault: (error: unknown) => void,
): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      onFault(error);
      response.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: urlOf(server), stop: () => stopServer(server) };
}

/** @throws Error when it does not listen on a port */
export function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Ends its connections too. */
export async function stopServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
