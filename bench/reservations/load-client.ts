import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SENDER_LIMIT } from '../../shared/limits/limit.ts';

/** One request. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface CallAnswer {
  readonly status: number;
  /** Names alone, in order. */
  readonly headers: readonly string[];
  readonly body: string;
  /** From sending to the last byte of the answer, on a connection that was open. */
  readonly milliseconds: number;
}

/** What the thread that sends is given. */
export interface CallPlan {
  readonly siteUrl: string;
  readonly calls: readonly Call[];
  readonly atOnce: number;
  /** Before each call. */
  readonly pauseMilliseconds: number;
  /** Number of the first sender's address. */
  readonly firstSender: number;
  readonly callsPerSender: number;
}

export interface CallReplies {
  /** In the order of the calls. */
  readonly answers: readonly CallAnswer[];
  readonly milliseconds: number;
  readonly senders: number;
}

/**
 * Sends requests to the local host, some at once, from a thread of its own: the host's thread is busy answering. Senders are
 * addresses of the loopback network (all of 127.0.0.0/8 is this machine on Linux), none of which sends too many forms.
 */
export class LoadClient {
  readonly #siteUrl: string;
  #senders = 0;

  constructor(siteUrl: string) {
    this.#siteUrl = siteUrl;
  }

  async sendAll(
    calls: readonly Call[],
    { atOnce, pauseMilliseconds = 0 }: { readonly atOnce: number; readonly pauseMilliseconds?: number },
  ): Promise<CallReplies> {
    const workerData: CallPlan = {
      siteUrl: this.#siteUrl,
      calls,
      atOnce,
      pauseMilliseconds,
      firstSender: this.#senders,
      callsPerSender: SENDER_LIMIT.most,
    };
    const worker = new Worker(new URL('./load-client-worker.ts', import.meta.url), { workerData });
    const [reply]: CallReplies[] = await once(worker, 'message');
    await worker.terminate();
    if (reply === undefined) throw new Error('the calls were not answered');
    this.#senders += reply.senders;
    return reply;
  }
}
