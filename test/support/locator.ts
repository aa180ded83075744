import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { TestProject } from 'vitest/node';
import type { Host } from '../../local/host.ts';
import { startLocator } from '../../local/locator.ts';
import { RESERVATION_TABLE } from '../../shared/reservations/reservation-table.ts';
import { WEBHOOK_ALLOW_LOOPBACK_VARIABLE } from '../../shared/runtime/environment.ts';
import { startOperator } from './operator.ts';
import { policyFaults, policyTable } from './policy-use.ts';
import { repetitionsIn, type SentDatum } from './sent-data.ts';
import { scanTables } from './stack-tables.ts';
import { startWebhookEndpoint } from './webhook-endpoint.ts';

/** The running stack, as tests reach it. */
export interface LocatorUnderTest {
  readonly siteUrl: string;
  readonly mailUrl: string;
  readonly dynamoDbEndpoint: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly tokens: { readonly counts: string; readonly leads: string; readonly none: string };
  /** The file that everything the functions and the host say is written to. */
  readonly logFile: string;
  /** The file that collects what no line of the log may repeat: a datum a line. */
  readonly sentFile: string;
  /** What the one store with a webhook was sent, as JSON: see webhook-endpoint.ts. */
  readonly webhookUrl: string;
  /** Runs a function at once, as an operator would: `POST <operatorUrl>/<function>` with the event. */
  readonly operatorUrl: string;
}

/** Where the tests of the system leave the policy-versus-calls table. */
const POLICY_TABLE_FILE = join(import.meta.dirname, '..', '..', 'dist', 'policies.md');

declare module 'vitest' {
  interface ProvidedContext {
    locator: LocatorUnderTest;
  }
}

/** Two stores of one town that have people and a CRM in the tests; of the real ones we know no address. */
export const LEAD_STORE_ID = '2745';
export const OTHER_LEAD_STORE_ID = '2605';
/** A store that is no longer listed. */
export const WITHDRAWN_STORE_ID = 'gone-1';
/** Stores for the tests of leads alone: one whose people answer, one whose mailbox bounces, one with a webhook and nothing else. */
export const ANSWERING_STORE_ID = '2210';
export const BOUNCING_STORE_ID = '2751';
export const WEBHOOK_STORE_ID = '2740';
export const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret for the tests, and no more').toString('base64')}`;
const LEAD_ADDRESSES = {
  [ANSWERING_STORE_ID]: { lead_email: 'sales@answering-store.example' },
  [BOUNCING_STORE_ID]: { lead_email: `bounce+${BOUNCING_STORE_ID}@simulator.amazonses.com` },
  [LEAD_STORE_ID]: { lead_email: 'sales@store.example', adf_email: 'adf@crm.example' },
  [OTHER_LEAD_STORE_ID]: { lead_email: 'sales@other-store.example', adf_email: 'adf@other-crm.example' },
};

/** The whole stack, once for all tests of the system: the same bundles and template that would be deployed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'locator-'));
  const dealersFile = join(folder, 'dealers.csv');
  const webhooks = await startWebhookEndpoint();
  process.env[WEBHOOK_ALLOW_LOOPBACK_VARIABLE] = '1';
  writeFileSync(dealersFile, dealersWithAddresses(webhooks.url));
  const logFile = join(folder, 'stack.log');
  const sentFile = join(folder, 'sent.jsonl');
  writeFileSync(sentFile, '');
  const host = await startLocator({
    port: 0,
    mailPort: 0,
    dataDir: undefined,
    dealersFile,
    log: ({ source, text }) => writeFileSync(logFile, `${source} ${text}\n`, { flag: 'a' }),
  });
  const operator = await startOperator(host);
  project.provide('locator', {
    siteUrl: host.siteUrl,
    mailUrl: host.mailUrl,
    dynamoDbEndpoint: host.dynamoDbEndpoint,
    environment: host.environment,
    tokens: {
      counts: await host.issueToken('counts'),
      leads: await host.issueToken('leads'),
      none: await host.issueToken('openid'),
    },
    logFile,
    sentFile,
    webhookUrl: webhooks.url,
    operatorUrl: operator.url,
  });
  return async () => {
    const sent = [...readSent(sentFile), ...(await personKeysOf(host))];
    const refuse = (): void => refuseRepetitions(logFile, sent);
    try {
      // Before the stop, which may take longer than a teardown is waited for; and after it, for what was said at the last.
      refuse();
    } finally {
      await host.stop();
      await webhooks.stop();
      await operator.stop();
    }
    refuse();
    refusePolicyFaults(host, await hasRunWhole(project));
    await rm(folder, { recursive: true });
  };
}

/** @throws Error naming the kind and the line, not the value, for whatever of people's the stack has logged */
function refuseRepetitions(logFile: string, sent: readonly SentDatum[]): void {
  const log = readFileSync(logFile, 'utf8');
  // What would find nothing in no log at all.
  if (sent.length > 0 && !log.includes('"answered"')) throw new Error('the stack logged no request that it answered');
  const found = repetitionsIn(log, sent);
  if (found.length === 0) return;
  const lines = log.split('\n');
  const places = found.slice(0, 20).map(({ kind, line }) => {
    const [source = ''] = (lines[line - 1] ?? '').split(' ');
    return `line ${line}, by ${source}: ${kind}`;
  });
  process.exitCode = 1;
  throw new Error(`the stack logged people’s data, ${found.length} times, see ${logFile}:\n${places.join('\n')}`);
}

/**
 * Writes the policy-versus-calls table, which `npm run policies` prints.
 * @param whole whether all tests of the system have run: only then is a grant without use one too many
 * @throws Error naming function and statement of whatever was refused or never used
 */
function refusePolicyFaults(host: Host, whole: boolean): void {
  const report = host.access.report();
  const faults = policyFaults(report).filter((fault) => whole || fault.startsWith('refused'));
  mkdirSync(dirname(POLICY_TABLE_FILE), { recursive: true });
  if (whole) writeFileSync(POLICY_TABLE_FILE, policyTable(report));
  if (faults.length === 0) return;
  process.exitCode = 1;
  throw new Error(`policies and calls differ, ${faults.length} times:\n${faults.join('\n')}`);
}

async function hasRunWhole(project: TestProject): Promise<boolean> {
  const { testFiles } = await project.globTestFiles();
  const { state, config } = project.vitest;
  const run = new Set(
    state
      .getFiles()
      .filter(({ mode }) => mode === 'run')
      .map(({ filepath }) => filepath),
  );
  return config.testNamePattern === undefined && testFiles.every((file) => run.has(file));
}

function readSent(sentFile: string): SentDatum[] {
  return readFileSync(sentFile, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SentDatum);
}

/** Of everyone who is still held: the keys are made in the stack, no test sends them. */
async function personKeysOf(stack: Parameters<typeof scanTables>[0]): Promise<SentDatum[]> {
  const reservations = (await scanTables(stack)).get(RESERVATION_TABLE.environmentVariable) ?? [];
  const partitions = new Set(reservations.map(({ pk }) => String(pk)));
  return [...partitions]
    .filter((pk) => pk.startsWith('person#'))
    .map((pk) => ({ kind: 'person key', value: pk.slice('person#'.length) }));
}

function dealersWithAddresses(webhookUrl: string): string {
  const csv = readFileSync(new URL('../../data/dealers.csv', import.meta.url), 'utf8');
  const rows = parse(csv, { columns: true }) as Record<string, string>[];
  const webhook = { webhook_url: webhookUrl, webhook_secret: WEBHOOK_SECRET };
  for (const [storeId, addresses] of Object.entries({ ...LEAD_ADDRESSES, [WEBHOOK_STORE_ID]: webhook })) {
    const store = rows.find(({ id }) => id === storeId);
    if (store === undefined) throw new Error(`data/dealers.csv has no store ${storeId}`);
    Object.assign(store, addresses);
  }
  rows.push({ ...rows[0], id: WITHDRAWN_STORE_ID, name: 'A store of yesterday', status: 'withdrawn' });
  return stringify(rows, { header: true });
}
