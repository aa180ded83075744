import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { importDealers } from '../data/dealers/import-dealers.ts';
import { progressBar } from '../data/dealers/progress-bar.ts';
import { formatDealersCsv } from '../shared/dealers/dealer-csv.ts';
import { dealerTable } from '../shared/dealers/dealer-table.ts';
import { openGazetteer } from '../shared/gazetteer/gazetteer.ts';
import { MODEL_IDS } from '../shared/launch/launch.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { WEBHOOK_ALLOW_LOOPBACK_VARIABLE } from '../shared/runtime/environment.ts';
import { HostError } from './host-error.ts';
import { findLocalTables } from './local-tables.ts';

const USAGE = `npm run dealers -- import FILE [--apply]   checks the file and shows what it changes; --apply writes
npm run dealers -- export [FILE]           writes all stores to the file, or to the terminal
  --table NAME   a table of the AWS account in use, instead of the stack on this machine`;

interface Target {
  readonly client: ReturnType<typeof documentClient>;
  readonly tableName: string;
}

/** @returns the exit code */
async function main(): Promise<number> {
  const { command, file, apply, table } = commandLine();
  if (command === 'import') {
    if (file === undefined) throw new HostError(`import needs a FILE\n${USAGE}`);
    const csv = readFile(file);
    const { client, tableName } = await findTarget(table);
    const gazetteer = openGazetteer(readFileSync(new URL('../data/gazetteer/gazetteer.bin', import.meta.url)));
    const outcome = await importDealers({
      csv,
      client,
      tableName,
      gazetteer,
      modelIds: MODEL_IDS,
      apply,
      // Another machine's loopback is not ours: never for a table of an account.
      allowLoopback: table === undefined && process.env[WEBHOOK_ALLOW_LOOPBACK_VARIABLE] === '1',
      print: console.log,
      onProgress: progressBar(process.stderr),
    });
    return outcome === 'refused' ? 1 : 0;
  }
  if (command === 'export') {
    const { client, tableName } = await findTarget(table);
    const csv = formatDealersCsv(await dealerTable(client, tableName, Date.now).listDealers());
    if (file === undefined) process.stdout.write(csv);
    // The file holds the stores' webhook secrets.
    else writeFile(file, csv);
    return 0;
  }
  throw new HostError(USAGE);
}

function commandLine(): { command?: string; file?: string; apply: boolean; table?: string } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { apply: { type: 'boolean', default: false }, table: { type: 'string' } },
    });
    const [command, file, ...rest] = positionals;
    if (rest.length > 0) throw new HostError(`${rest.join(' ')} is too much\n${USAGE}`);
    return {
      ...(command === undefined ? {} : { command }),
      ...(file === undefined ? {} : { file }),
      apply: values.apply,
      ...(values.table === undefined ? {} : { table: values.table }),
    };
  } catch (error) {
    if (error instanceof TypeError) throw new HostError(`${error.message}\n${USAGE}`);
    throw error;
  }
}

function readFile(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw new HostError(`${file} is not UTF-8: save it as "CSV UTF-8"`);
    if (isErrorOfSystem(error)) throw new HostError(`${file} cannot be read: ${error.message}`);
    throw error;
  }
}

function writeFile(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    if (isErrorOfSystem(error)) throw new HostError(`${file} cannot be written: ${error.message}`);
    throw error;
  }
}

async function findTarget(table: string | undefined): Promise<Target> {
  if (table !== undefined) return { client: documentClient(), tableName: table };
  const { client, names } = await findLocalTables(['dealers']);
  return { client, tableName: names.dealers };
}

function isErrorOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof HostError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
