import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as an endpoint got it. */
export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Endpoint {
  readonly port: number;
  readonly received: Received[];
  /** Connections that came, whether or not anything was asked. */
  connections(): number;
  /** Those that are open now. */
  open(): number;
}

interface Where {
  readonly address?: string;
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A real server on this machine until the test ends, which notes what it gets and answers as told. */
export async function endpoint(
  answer: (response: ServerResponse, request: Received) => void,
  { tls, ...where }: Where = {},
): Promise<Endpoint> {
  const received: Received[] = [];
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    const got = { method, path: url, headers, body: Buffer.concat(chunks) };
    received.push(got);
    answer(response, got);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  return { received, ...(await serve(server, where)) };
}

/** As `endpoint`, for what is not HTTP. */
export async function socketEndpoint(onConnection: (socket: Socket) => void, where: Where = {}): Promise<Endpoint> {
  return { received: [], ...(await serve(createTcpServer(onConnection), where)) };
}

async function serve(server: Server, { address = '127.0.0.1', port = 0 }: Where): Promise<Omit<Endpoint, 'received'>> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    // A client that leaves in the middle is expected here.
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, address, resolve);
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () => sockets.size,
  };
}
