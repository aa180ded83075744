import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { importDealers } from '../data/dealers/import-dealers.ts';
import { DEALER_TABLE, dealerTable } from '../shared/dealers/dealer-table.ts';
import { openGazetteer } from '../shared/gazetteer/gazetteer.ts';
import { MODEL_IDS } from '../shared/launch/launch.ts';
import { WEBHOOK_ALLOW_LOOPBACK_VARIABLE } from '../shared/runtime/environment.ts';
import type { BuildWorkerData } from './build-worker.ts';
import { type Host, type HostOptions, type SiteUrls, startHost } from './host.ts';
import { HostError } from './host-error.ts';
import { LOCAL_CREDENTIALS } from './local-account.ts';

export interface LocatorOptions extends Omit<HostOptions, 'build'> {
  /** The stores to load when there are none yet. */
  readonly dealersFile: string;
}

const REPOSITORY_DIR = resolve(import.meta.dirname, '..');

/**
 * Runs the whole locator on this machine: bundles functions and pages, synthesizes the CDK app, starts the host, and loads
 * the stores at the first start.
 *
 * @throws HostError, with nothing left running, for whatever the person at the terminal can mend
 */
export async function startLocator(options: LocatorOptions): Promise<Host> {
  const host = await startHost({ ...options, build: buildInThread });
  try {
    await loadDealers(host, options);
    return host;
  } catch (error) {
    await host.stop();
    throw error;
  }
}

/** In a thread of its own: it takes a second of computing, and each build has to see the sources as they are then. */
async function buildInThread(urls: SiteUrls, assemblyDir: string, signal: AbortSignal): Promise<void> {
  const workerData: BuildWorkerData = { ...urls, assemblyDir };
  const worker = new Worker(new URL('./build-worker.ts', import.meta.url), {
    workerData,
    // CDK's check of the templates takes longer than all the rest; synth, deploy and the tests make it.
    env: { ...process.env, CDK_VALIDATION: 'false' },
    stdout: true,
  });
  // Sizes of bundles, at every reload: not what one looks for here.
  worker.stdout.resume();
  const { promise, resolve: built, reject } = Promise.withResolvers<void>();
  worker.once('error', (error: Error) => reject(buildFault(error)));
  worker.once('exit', (code) => (code === 0 ? built() : reject(new Error(`the build ended with ${code}`))));
  const stop = (): void => worker.postMessage('stop');
  signal.addEventListener('abort', stop);
  await promise.finally(() => signal.removeEventListener('abort', stop));
}

/** Whoever edits the sources mends them: esbuild names file and line in its message, anything else in its stack. */
function buildFault(error: Error): HostError {
  const fromEsbuild = 'errors' in error;
  return new HostError((fromEsbuild ? error.message : error.stack) ?? error.message, { cause: error });
}

async function loadDealers(host: Host, { dealersFile, log }: LocatorOptions): Promise<void> {
  const tableName = host.environment[DEALER_TABLE.environmentVariable];
  if (tableName === undefined) throw new HostError('The template has no dealers table.');
  const dynamoDb = new DynamoDBClient({
    endpoint: host.dynamoDbEndpoint,
    region: host.region,
    credentials: LOCAL_CREDENTIALS,
  });
  try {
    const client = DynamoDBDocumentClient.from(dynamoDb, { marshallOptions: { removeUndefinedValues: true } });
    const listDealers = async () => await dealerTable(client, tableName, Date.now).listDealers();
    if ((await listDealers()).length > 0) return;
    const lines: string[] = [];
    const outcome = await importDealers({
      csv: readDealers(dealersFile),
      client,
      tableName,
      gazetteer: openGazetteer(readFileSync(join(REPOSITORY_DIR, 'data/gazetteer/gazetteer.bin'))),
      modelIds: MODEL_IDS,
      allowLoopback: process.env[WEBHOOK_ALLOW_LOOPBACK_VARIABLE] === '1',
      apply: true,
      print: (line) => lines.push(line),
    });
    if (outcome === 'refused')
      throw new HostError(`The stores in ${dealersFile} cannot be loaded:\n${lines.join('\n')}`);
    log({ source: 'host', text: `loaded ${(await listDealers()).length} stores from ${dealersFile}` });
  } finally {
    dynamoDb.destroy();
  }
}

function readDealers(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new HostError(`The file of stores ${file} cannot be read: set LOCATOR_DEALERS to one that can.`, {
      cause: error,
    });
  }
}
