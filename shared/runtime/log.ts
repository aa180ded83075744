/**
 * The fields that a log line may carry. People's data have none: what is not named here cannot be logged, and the type
 * refuses it.
 */
export interface LogFields {
  /** The request to the API that is being answered, as the gateway and its answer's header name it. */
  readonly requestId?: string;
  /** The request that a delivery goes back to: its lines have it as their `requestId`. */
  readonly causedBy?: string;
  readonly route?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly deliveryId?: string;
  readonly channel?: string;
  readonly attempts?: number;
  readonly outcome?: string;
  /** Of the place that was searched for; coarse enough to tell nothing of who asked. */
  readonly state?: string;
  /** From there to the nearest store. */
  readonly distanceBand?: string;
  readonly days?: number;
  readonly hours?: number;
  readonly hoursBehind?: number;
  readonly reservations?: number;
  readonly periods?: number;
  /** What the counts are off by, in numbers. */
  readonly driftGroups?: number;
  readonly driftActive?: number;
  readonly driftWithdrawn?: number;
  readonly driftRollups?: number;
  /** Of the canary's walk. */
  readonly step?: string;
}

type Level = 'info' | 'error';

interface Invocation {
  /** Lambda's own id of this run, as its platform lines have it. */
  readonly invocationId?: string;
  readonly requestId?: string;
}

/** An environment serves one event at a time, so what runs now is known without being handed on. */
let current: Invocation = {};

/** Puts these ids into every line until the next event. */
export function beginInvocation(invocation: Invocation): void {
  current = invocation;
}

/** The request to the API that is being answered; `undefined` outside of one. */
export function currentRequestId(): string | undefined {
  return current.requestId;
}

/** One JSON line on standard output, which Lambda hands to CloudWatch Logs. */
export function log(level: Level, message: string, fields: LogFields = {}, error?: unknown): void {
  const line = {
    time: new Date().toISOString(),
    level,
    message,
    ...current,
    ...fields,
    ...(error !== undefined && { error: describe(error) }),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Errors whose message is the runtime's or AWS's own and never quotes a value it was given. */
const TELLING = new Set([
  'TypeError',
  'ReferenceError',
  'AccessDeniedException',
  'ResourceNotFoundException',
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'TimeoutError',
  // Names the reasons, one an item, and nothing of the items.
  'TransactionCanceledException',
]);

interface ErrorDescription {
  readonly name: string;
  readonly message?: string;
  readonly at?: string;
  readonly cause?: ErrorDescription;
}

/** Name and place of an error. Its message may quote what a person typed, so only known harmless ones are kept. */
function describe(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return {
    name: error.name,
    ...(TELLING.has(error.name) && { message: error.message }),
    ...(frames.length > 0 && {
      at: frames
        .slice(0, 6)
        .map((frame) => frame.trim())
        .join(' | '),
    }),
    ...(error.cause !== undefined && { cause: describe(error.cause) }),
  };
}
