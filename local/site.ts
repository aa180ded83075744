import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { HostError } from './host-error.ts';
import { type HttpHandler, messageAnswer, readRequest, writeAnswer } from './http/exchange.ts';

/** Serves a request on its own, body and all. */
export type RawHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Site {
  readonly url: string;
  /** From now on, `handler` answers everything outside the mounts. */
  serve(handler: HttpHandler): void;
  /** From now on, `handler` answers everything under `path`. */
  mount(path: string, handler: RawHandler): void;
  stop(): Promise<void>;
}

const GRACE_MS = 5_000;

/**
 * Listens on this machine's own address. Until `serve` is called, it answers 503.
 *
 * @param port 0 lets the system choose
 * @throws HostError when the port is taken
 */
export async function startSite(port: number, onFault: (error: unknown) => void): Promise<Site> {
  const mounts = new Map<string, RawHandler>();
  let handler: HttpHandler = () => Promise.resolve(messageAnswer(503, 'Service Unavailable', { 'retry-after': '1' }));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await readRequest(request);
    if (received === undefined) {
      // The rest of the body is not read; the connection cannot be used again.
      await writeAnswer(response, messageAnswer(413, 'Request Entity Too Large', { connection: 'close' }));
      request.destroy();
      return;
    }
    await writeAnswer(response, await handler(received));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [path, mounted] of mounts) {
      if (request.url === path || request.url?.startsWith(`${path}/`)) return mounted(request, response);
    }
    await answer(request, response);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A viewer that goes away is no fault.
      if (request.destroyed && !request.complete) return;
      onFault(error);
      if (!response.headersSent) void writeAnswer(response, messageAnswer(500, 'Internal Server Error'));
    });
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new HostError(`Port ${port} is taken or not allowed: set LOCATOR_PORT to another.`, { cause: error });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    serve(next) {
      handler = next;
    },
    mount: (path, mounted) => void mounts.set(path, mounted),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}
