import { once } from 'node:events';
import type { Server } from 'node:http';

/** @throws Error when it does not listen on a port */
export function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Ends its connections too. */
export async function stopServer(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
