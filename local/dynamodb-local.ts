import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HostError } from './host-error.ts';

export interface DynamoDbLocal {
  readonly endpoint: string;
  /** Settles when the emulator has ended although nobody asked it to. */
  readonly ended: Promise<void>;
  /** Ends the emulator and waits until it is gone. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;

/**
 * Ends Java when this process ends, however it ends: the shell's standard input is a pipe that the system closes then, and
 * `read` sees its end. Nothing in this process has to run for that, so `kill -9` is covered too.
 */
const TETHER = `exec 3<&0
java "$@" 3<&- </dev/null &
java=$!
{ while read -r _; do :; done; kill -KILL $java; } <&3 2>/dev/null &
exec 3<&-
wait $java`;

/**
 * Starts AWS's own DynamoDB Local on a free port of this machine. It ends with this process, whatever ends that.
 *
 * The emulator listens on all addresses and cannot be told otherwise.
 *
 * @param dataDir folder that keeps the tables; `undefined` keeps them in memory
 * @param heapMegabytes Java's most; enough for some 10,000 stores in memory unless told
 * @throws HostError when Java 17 is missing or the emulator does not come up
 */
export async function startDynamoDbLocal(dataDir: string | undefined, heapMegabytes = 256): Promise<DynamoDbLocal> {
  const port = await freePort();
  // Detached, so that Ctrl-C in a terminal reaches this process alone and the functions can finish what they write.
  const child = spawn('/bin/sh', ['-c', TETHER, 'dynamodb-local', ...javaArguments(port, dataDir, heapMegabytes)], {
    cwd: join(dirname(createRequire(import.meta.url).resolve('amplify-dynamodb-simulator/package.json')), 'emulator'),
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk).slice(-2_000);
  });
  // Writing is never attempted; the pipe breaks when the shell ends first.
  child.stdin.on('error', () => {});
  const endpoint = `http://127.0.0.1:${port}`;
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>();
  child.once('exit', () => resolveEnded());
  const stop = async (): Promise<void> => {
    child.removeAllListeners('exit');
    const gone = hasEnded(child) ? undefined : once(child, 'exit');
    child.stdin.destroy();
    await gone;
  };
  if (!(await answers(endpoint, child))) {
    const ended = hasEnded(child);
    await stop();
    requireJava();
    throw new HostError(
      ended
        ? `DynamoDB Local ended at once: ${complaint.trim() || 'it gave no reason'}`
        : `DynamoDB Local did not answer within ${READY_WITHIN_MS / 1000} s: ${complaint.trim()}`,
    );
  }
  return { endpoint, ended, stop };
}

function javaArguments(port: number, dataDir: string | undefined, heapMegabytes: number): string[] {
  return [
    '-XX:+UseSerialGC',
    `-Xmx${heapMegabytes}m`,
    '-XX:TieredStopAtLevel=1',
    '-Djava.library.path=./DynamoDBLocal_lib',
    '-jar',
    'DynamoDBLocal.jar',
    '-port',
    String(port),
    '-sharedDb',
    ...(dataDir === undefined ? ['-inMemory'] : ['-dbPath', dataDir]),
    '-disableTelemetry',
  ];
}

/** A TCP port that nothing listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Whether the emulator answers before it ends or the time is up. */
async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline && !hasEnded(child)) {
    try {
      // Any answer at all means that it serves; an unsigned GET is answered with 400.
      await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
      return !hasEnded(child);
    } catch {
      await delay(50);
    }
  }
  return false;
}

/** Asked only after a failed start: the question itself takes a tenth of a second. */
function requireJava(): void {
  const found = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = /version "(\d+)/.exec(found.stderr ?? '')?.[1];
  if (found.error !== undefined || major === undefined) {
    throw new HostError(
      'Java is missing: install a Java runtime, version 17 or newer, and make sure `java` is on PATH.',
    );
  }
  if (Number(major) < 17) {
    throw new HostError(`Java ${major} is too old for DynamoDB Local: install Java 17 or newer.`);
  }
}
