import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { FunctionWorkerData, InvocationReply, InvocationRequest, WorkerMessage } from './function-worker.ts';
import { pause } from './pause.ts';

export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  /** `file:` URL of the bundle's module. */
  readonly moduleUrl: string;
  readonly exportName: string;
  readonly environment: Readonly<Record<string, string>>;
  /** How long an event waits for the module to load before the function's own time begins. */
  readonly loadTimeoutMs: number;
  readonly timeoutMs: number;
  readonly memoryMegabytes: number;
}

/** A function's own failure: it threw, ran out of time, or its environment ended; or there was none for it in time. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  /** As Lambda names it: the class of what was thrown, `Sandbox.Timedout`, `Runtime.ExitError` or `TooManyRequestsException`. */
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

export interface FunctionPool {
  /**
   * @param withinMs how long the caller waits: what can no longer be answered by then is not begun
   * @throws FunctionError
   */
  invoke(event: unknown, withinMs?: number): Promise<unknown>;
  /** Gives what is under way a few seconds to end, then ends all environments. */
  stop(): Promise<void>;
}

interface Environment {
  readonly worker: Worker;
  /** Settles when the module is loaded, or will never be. */
  readonly loaded: Promise<unknown>;
  busy: boolean;
}

/** Environments of one function at the same time; what comes beyond waits. Lambda would start more, and refuse at its own limit. */
const MAX_ENVIRONMENTS = 4;
/** Of each environment's young generation: left alone, some twenty of them grow to a gigabyte that is mostly empty. */
const YOUNG_MEGABYTES = 6;
const GRACE_MS = 5_000;

/**
 * Runs one function in worker threads. As on Lambda, an environment serves one event at a time, is kept for the next, and is
 * gone after a crash or a time-out.
 */
export function createFunctionPool(config: FunctionConfig, log: (text: string) => void): FunctionPool {
  const environments = new Set<Environment>();
  const waiting: (() => void)[] = [];
  const underWay = new Set<Promise<unknown>>();
  let stopped = false;

  function start(): Environment {
    const workerData: FunctionWorkerData = { moduleUrl: config.moduleUrl, exportName: config.exportName };
    const worker = new Worker(new URL('./function-worker.ts', import.meta.url), {
      workerData,
      env: { ...config.environment },
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: config.memoryMegabytes,
        maxYoungGenerationSizeMb: YOUNG_MEGABYTES,
      },
    });
    const environment: Environment = { worker, loaded: within(config.loadTimeoutMs, firstSignOf(worker)), busy: false };
    environments.add(environment);
    // A crash between two events is nobody's answer; the next event starts anew.
    worker.on('error', (error) => log(`the environment crashed: ${error.stack ?? error.message}`));
    worker.once('exit', () => environments.delete(environment));
    for (const stream of [worker.stdout, worker.stderr]) createInterface({ input: stream }).on('line', log);
    return environment;
  }

  async function acquire(latestStart: number): Promise<Environment> {
    while (!stopped) {
      const free = [...environments].find(({ busy }) => !busy);
      const environment = free ?? (environments.size < MAX_ENVIRONMENTS ? start() : undefined);
      if (environment !== undefined) {
        environment.busy = true;
        return environment;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (performance.now() > latestStart) {
        throw new FunctionError('TooManyRequestsException', `${config.name} has had no room for too long`);
      }
    }
    throw new FunctionError('Runtime.ExitError', `${config.name} runs no more`);
  }

  async function invoke(event: unknown, withinMs: number): Promise<unknown> {
    try {
      // One that may run for nearly as long seldom does: it may wait for half of the time.
      const environment = await acquire(performance.now() + Math.max(withinMs / 2, withinMs - config.timeoutMs));
      try {
        return await runIn(environment, event);
      } finally {
        environment.busy = false;
      }
    } finally {
      waiting.shift()?.();
    }
  }

  async function runIn(environment: Environment, event: unknown): Promise<unknown> {
    const requestId = randomUUID();
    // As on Lambda, loading does not count towards the function's own time.
    await environment.loaded;
    const reply = await replyOf(environment, {
      event,
      context: {
        awsRequestId: requestId,
        functionName: config.name,
        invokedFunctionArn: config.arn,
        memoryLimitInMB: String(config.memoryMegabytes),
      },
      timeoutMs: config.timeoutMs,
    });
    if (reply === 'timed out') {
      const message = `${requestId} Task timed out after ${(config.timeoutMs / 1000).toFixed(2)} seconds`;
      log(message);
      throw new FunctionError('Sandbox.Timedout', message);
    }
    if (reply === 'exited') {
      throw new FunctionError('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited`);
    }
    if ('error' in reply) {
      log(reply.error.stack);
      throw new FunctionError(reply.error.errorType, reply.error.errorMessage);
    }
    return JSON.parse(reply.json);
  }

  /** Whatever is not a reply has ended the environment. */
  async function replyOf(
    environment: Environment,
    request: InvocationRequest,
  ): Promise<InvocationReply | 'timed out' | 'exited'> {
    const { worker } = environment;
    if (!environments.has(environment)) return 'exited';
    const { promise, resolve } = Promise.withResolvers<InvocationReply | 'timed out' | 'exited'>();
    const timer = setTimeout(() => resolve('timed out'), config.timeoutMs);
    const onExit = (): void => resolve('exited');
    // A module may be loaded only after the time that is waited for it.
    const onMessage = (message: WorkerMessage): void => void (message !== 'loaded' && resolve(message));
    worker.on('message', onMessage);
    worker.once('exit', onExit);
    worker.postMessage(request);
    const reply = await promise;
    clearTimeout(timer);
    worker.off('message', onMessage);
    worker.off('exit', onExit);
    if (reply === 'timed out') {
      environments.delete(environment);
      await worker.terminate();
    }
    return reply;
  }

  return {
    async invoke(event, withinMs = Number.POSITIVE_INFINITY) {
      const running = invoke(event, withinMs);
      underWay.add(running);
      try {
        return await running;
      } finally {
        underWay.delete(running);
      }
    },
    async stop() {
      stopped = true;
      await within(GRACE_MS, Promise.allSettled(underWay));
      await Promise.all([...environments].map(({ worker }) => worker.terminate()));
    },
  };
}

/** The message that loading is over, or the end of a worker that did not get so far. */
function firstSignOf(worker: Worker): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  worker.once('message', () => resolve());
  worker.once('exit', () => resolve());
  return promise;
}

/** Waits for the work, but no longer than that. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, pause(ms, over.signal)]);
  over.abort();
}
