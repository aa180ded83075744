import { appendFileSync } from 'node:fs';
import { memoryUsage } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { BroadcastChannel, setEnvironmentData } from 'node:worker_threads';
import type { Host } from '../../local/host.ts';
import { startLocator } from '../../local/locator.ts';
import { CONDITIONS, type Conditions, type FunctionHeap, HEAPS, type HeapMessage } from './worker-preload.ts';

/** What the child is started with, as JSON in its first argument. */
export interface StackPlan {
  readonly port: number;
  readonly dataDir: string | undefined;
  readonly dealersFile: string;
  readonly logFile: string;
  /** Instead of the emulator's own; each function's requests come under its name. */
  readonly dynamoDbUrl?: string;
  /** Instead of the inbox. */
  readonly mailUrl?: string;
}

export type StackRequest =
  | { readonly ask: 'token'; readonly scope: string }
  | { readonly ask: 'invoke'; readonly functionName: string }
  | { readonly ask: 'clock'; readonly aheadMilliseconds: number }
  | { readonly ask: 'memory' }
  | { readonly ask: 'stop' };

export interface StackUp {
  readonly siteUrl: string;
  readonly mailUrl: string;
  readonly dynamoDbEndpoint: string;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Of the host's process, after a collection of garbage. */
export interface StackMemory {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Open handles and requests of the host's own thread, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  readonly functions: readonly FunctionHeap[];
}

/** An environment that has not answered for so long is gone. */
const HEAPS_WITHIN_MS = 10_000;

if (process.send === undefined) throw new Error('stack-child.ts is started by StackProcess only');
const plan: StackPlan = JSON.parse(process.argv[2] ?? '');
const clock = new Float64Array(new SharedArrayBuffer(8));
const conditions: Conditions = {
  clock,
  ...(plan.dynamoDbUrl !== undefined && { dynamoDbUrl: plan.dynamoDbUrl }),
  ...(plan.mailUrl !== undefined && { mailUrl: plan.mailUrl }),
};
setEnvironmentData(CONDITIONS, conditions);
const heaps = new BroadcastChannel(HEAPS);
/** Threads of environments that have told of themselves. */
const environments = new Set<number>();
const telling = new Map<number, FunctionHeap>();
let allTold = Promise.withResolvers<void>();
heaps.onmessage = (event) => {
  const { data } = event as { data: HeapMessage };
  if (data === 'tell') return;
  environments.add(data.threadId);
  telling.set(data.threadId, data);
  if (telling.size === environments.size) allTold.resolve();
};

const host = await startLocator({
  port: plan.port,
  mailPort: 0,
  dataDir: plan.dataDir,
  dealersFile: plan.dealersFile,
  // At once, so that nothing of it is lost when this process is killed.
  log: ({ source, text }) => appendFileSync(plan.logFile, `${source} ${text}\n`),
});
const { siteUrl, mailUrl, dynamoDbEndpoint, region, environment } = host;
const up: StackUp = { siteUrl, mailUrl, dynamoDbEndpoint, region, environment };
process.send({ up });
process.on('message', ({ id, request }: { id: number; request: StackRequest }) => {
  answer(host, request).then(
    (reply) => process.send?.({ id, reply }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit(1));

async function answer(running: Host, request: StackRequest): Promise<unknown> {
  switch (request.ask) {
    case 'token':
      return running.issueToken(request.scope);
    case 'invoke':
      return running.invoke(request.functionName, {});
    case 'clock':
      clock[0] = request.aheadMilliseconds;
      return undefined;
    case 'memory':
      return readMemory();
    case 'stop':
      await running.stop();
      return undefined;
  }
}

async function readMemory(): Promise<StackMemory> {
  telling.clear();
  allTold = Promise.withResolvers();
  heaps.postMessage('tell' satisfies HeapMessage);
  const patience = new AbortController();
  await Promise.race([allTold.promise, delay(HEAPS_WITHIN_MS, undefined, { signal: patience.signal })]);
  patience.abort();
  for (const threadId of environments) if (!telling.has(threadId)) environments.delete(threadId);
  globalThis.gc?.();
  const { rss, heapUsed, external } = memoryUsage();
  const resources = Object.groupBy(process.getActiveResourcesInfo(), (kind) => kind);
  return {
    residentBytes: rss,
    heapBytes: heapUsed + external,
    resources: Object.fromEntries(Object.entries(resources).map(([kind, list]) => [kind, list?.length ?? 0])),
    functions: [...telling.values()],
  };
}
