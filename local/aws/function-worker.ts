import { parentPort, workerData } from 'node:worker_threads';

/** What a worker is started with. */
export interface FunctionWorkerData {
  /** `file:` URL of the bundle's module. */
  readonly moduleUrl: string;
  readonly exportName: string;
}

export interface InvocationRequest {
  readonly event: unknown;
  readonly context: {
    readonly awsRequestId: string;
    readonly functionName: string;
    readonly invokedFunctionArn: string;
    readonly memoryLimitInMB: string;
  };
  /** Until the environment is ended. */
  readonly timeoutMs: number;
}

/** The result as JSON, or the error as Lambda reports it. */
export type InvocationReply =
  | { readonly json: string }
  | { readonly error: { readonly errorType: string; readonly errorMessage: string; readonly stack: string } };

/** What a worker says: at first that loading is over, well or not; then a reply to each request. */
export type WorkerMessage = 'loaded' | InvocationReply;

type Handler = (event: unknown, context: unknown) => unknown;

if (parentPort === null) throw new Error('function-worker.ts runs in a worker thread only');
const port = parentPort;
const data: FunctionWorkerData = workerData;

const say = (message: WorkerMessage): void => port.postMessage(message);

// Imported at once, as Lambda does before the first event arrives. A failed import is reported by the first event.
const loading = load();
loading.then(
  () => say('loaded'),
  () => say('loaded'),
);

port.on('message', (request: InvocationRequest) => {
  void run(request).then(say);
});

async function load(): Promise<Handler> {
  const module: Record<string, unknown> = await import(data.moduleUrl);
  const handler = module[data.exportName];
  if (typeof handler !== 'function') throw new Error(`${data.moduleUrl} exports no function ${data.exportName}`);
  return (event, context) => handler(event, context);
}

async function run({ event, context, timeoutMs }: InvocationRequest): Promise<InvocationReply> {
  // Of the clock that no time server and no function sets.
  const deadlineMs = performance.now() + timeoutMs;
  try {
    const handler = await loading;
    const result = await handler(event, {
      ...context,
      callbackWaitsForEmptyEventLoop: true,
      functionVersion: '$LATEST',
      logGroupName: `/aws/lambda/${context.functionName}`,
      logStreamName: 'local',
      getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadlineMs - performance.now())),
    });
    return { json: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(String(error));
    return { error: { errorType: thrown.name, errorMessage: thrown.message, stack: thrown.stack ?? '' } };
  }
}
