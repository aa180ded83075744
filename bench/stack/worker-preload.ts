import { BroadcastChannel, getEnvironmentData, isMainThread, threadId } from 'node:worker_threads';

/** Under what functions run: loaded into each of their threads before their bundle, which stays as it is deployed. */
export interface Conditions {
  /** Milliseconds by which the functions' clocks are ahead of this machine's; shared memory, so that it can step at any time. */
  readonly clock: Float64Array;
  /** Stands between the functions and the database. */
  readonly dynamoDbUrl?: string;
  /** Stands in for SES. */
  readonly mailUrl?: string;
}

/** The name under which a thread is given them. */
export const CONDITIONS = 'bench-conditions';
/** The channel on which functions tell their heaps. */
export const HEAPS = 'bench-heaps';

/** What an environment tells of itself: when it begins, and whenever it is asked. */
export interface FunctionHeap {
  readonly functionName: string;
  readonly threadId: number;
  /** Heap and buffers, after a collection of garbage. */
  readonly heapBytes: number;
  /** Open handles and requests. */
  readonly resources: number;
}

export type HeapMessage = FunctionHeap | 'tell';

/** Clocks of instances differ by up to so much from each other. */
const SKEW_MILLISECONDS = 800;

const conditions = getEnvironmentData(CONDITIONS) as Conditions | undefined;
const functionName = process.env['AWS_LAMBDA_FUNCTION_NAME'];
if (!isMainThread && conditions !== undefined && functionName !== undefined) {
  const { clock, dynamoDbUrl, mailUrl } = conditions;
  if (dynamoDbUrl !== undefined) process.env['AWS_ENDPOINT_URL_DYNAMODB'] = `${dynamoDbUrl}/${functionName}`;
  if (mailUrl !== undefined) process.env['AWS_ENDPOINT_URL_SESV2'] = mailUrl;
  if (dynamoDbUrl !== undefined) shiftClock(clock);
  tellHeap(functionName);
}

function shiftClock(clock: Float64Array): void {
  const RealDate = Date;
  // Each instance its own, the same in every run.
  const skew = ((threadId * 397) % (2 * SKEW_MILLISECONDS)) - SKEW_MILLISECONDS;
  const now = (): number => Math.round(RealDate.now() + (clock[0] ?? 0) + skew);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, member) => (member === 'now' ? now : Reflect.get(target, member)),
  });
}

function tellHeap(name: string): void {
  const channel = new BroadcastChannel(HEAPS);
  const tell = (): void => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    const resources = process.getActiveResourcesInfo().length;
    const heap: HeapMessage = { functionName: name, threadId, heapBytes: heapUsed + external, resources };
    channel.postMessage(heap);
  };
  channel.onmessage = (message) => {
    if ((message as { data: HeapMessage }).data === 'tell') tell();
  };
  channel.unref();
  tell();
}
