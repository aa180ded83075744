import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { TestProject } from 'vitest/node';
import { startLocator } from '../../local/locator.ts';

/** The running stack, as tests reach it. */
export interface LocatorUnderTest {
  readonly siteUrl: string;
  readonly mailUrl: string;
  readonly dynamoDbEndpoint: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly tokens: { readonly counts: string; readonly leads: string; readonly none: string };
  /** The file that everything the functions and the host say is written to. */
  readonly logFile: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    locator: LocatorUnderTest;
  }
}

/** A store of the tests' own that has people and a CRM; the real ones have no address that we know. */
export const LEAD_STORE_ID = '2745';

/** The whole stack, once for all tests of the system: the same bundles and template that would be deployed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'locator-'));
  const dealersFile = join(folder, 'dealers.csv');
  writeFileSync(dealersFile, dealersWithAddresses());
  const logFile = join(folder, 'stack.log');
  const host = await startLocator({
    port: 0,
    mailPort: 0,
    dataDir: undefined,
    dealersFile,
    log: ({ source, text }) => writeFileSync(logFile, `${source} ${text}\n`, { flag: 'a' }),
  });
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
  });
  return async () => {
    await host.stop();
    await rm(folder, { recursive: true });
  };
}

function dealersWithAddresses(): string {
  const csv = readFileSync(new URL('../../data/dealers.csv', import.meta.url), 'utf8');
  const rows = parse(csv, { columns: true }) as Record<string, string>[];
  const store = rows.find(({ id }) => id === LEAD_STORE_ID);
  if (store === undefined) throw new Error(`data/dealers.csv has no store ${LEAD_STORE_ID}`);
  Object.assign(store, { lead_email: 'sales@store.example', adf_email: 'adf@crm.example' });
  return stringify(rows, { header: true });
}
