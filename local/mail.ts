import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { HostError } from './host-error.ts';

export interface Mail {
  /** The inbox page; `GET <url>/store` gives the mails as JSON. Kept in memory only. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the local stand-in for SES. It has a thread of its own because the package keeps its mails in the module: two hosts of
 * one process would share an inbox.
 *
 * @param port 0 lets the system choose
 * @throws HostError when the port is taken
 */
export async function startMail(port: number): Promise<Mail> {
  const worker = new Worker(new URL('./mail-worker.ts', import.meta.url), { workerData: { port }, stderr: true });
  // Of a request that it fails on it may quote the mail; whoever sent it is told by the answer.
  worker.stderr.resume();
  const [reply]: { port: number | undefined }[] = await once(worker, 'message');
  if (reply?.port === undefined) {
    await worker.terminate();
    throw new HostError(`Port ${port} for the mail inbox is taken: set LOCATOR_MAIL_PORT to another.`);
  }
  return {
    url: `http://127.0.0.1:${reply.port}`,
    async stop() {
      await worker.terminate();
    },
  };
}
