import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { buildDealersCsv } from '../../data/dealers/build.ts';
import { importDealers } from '../../data/dealers/import-dealers.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import type { StackDescription } from '../../local/stack-description.ts';
import { formatDealersCsv } from '../../shared/dealers/dealer-csv.ts';
import { dealerTable } from '../../shared/dealers/dealer-table.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { MODEL_IDS } from '../../shared/launch/launch.ts';
import { localDynamoDb, makeTable } from '../support/table.ts';

const gazetteer = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
const stores = buildDealersCsv();
const [header = '', first = '', second = '', ...others] = stores.trimEnd().split('\n');
const dynamoDb = localDynamoDb();
const client = DynamoDBDocumentClient.from(dynamoDb);
const folder = mkdtempSync(join(tmpdir(), 'dealers-'));
let tableName: string;

beforeEach(async () => {
  tableName = await makeTable(dynamoDb, {
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
});
afterAll(() => {
  dynamoDb.destroy();
  rmSync(folder, { recursive: true });
});

async function run(csv: string, apply: boolean) {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const outcome = await importDealers({ csv, client, tableName, gazetteer, modelIds: MODEL_IDS, apply, print });
  return { outcome, lines };
}

async function tableAsCsv(): Promise<string> {
  return formatDealersCsv(await dealerTable(client, tableName, () => 0).listDealers());
}

describe('importDealers', () => {
  test('writes nothing without apply, all with it, and then finds nothing to do', async () => {
    const shown = await run(stores, false);
    expect(shown.outcome).toBe('shown');
    expect(shown.lines).toContain('70 to add, 0 to change, 0 to withdraw, 0 as they are');
    expect(await tableAsCsv()).toBe(`${header}\n`);

    const applied = await run(stores, true);
    expect(applied.outcome).toBe('applied');
    expect(applied.lines.at(-1)).toMatch(/^written; .* within 60 seconds, or, .* from before, within 12 minutes$/);
    expect((await tableAsCsv()).split('\n').sort()).toEqual(stores.split('\n').sort());

    expect((await run(await tableAsCsv(), true)).outcome).toBe('unchanged');
  });

  test('shows and applies additions, changes and removals', async () => {
    await run([header, first, second, ''].join('\n'), true);
    const [id, name] = second.split(',');
    const wanted = [header, second.replace('expected', 'confirmed'), others[0], ''].join('\n');
    const { lines } = await run(wanted, true);
    expect(lines).toContain(`- ${first.split(',').slice(0, 2).join(' ')}`);
    expect(lines).toContain(`~ ${id} ${name}: status`);
    expect(lines).toContain(`+ ${others[0]?.split(',').slice(0, 2).join(' ')}`);
    // What is no longer in the file is withdrawn, and stays so: reservations refer to it.
    const withWithdrawn = `${wanted}${first.replace(',expected,', ',withdrawn,')}\n`;
    expect((await tableAsCsv()).split('\n').sort()).toEqual(withWithdrawn.split('\n').sort());
    expect((await run(wanted, true)).outcome).toBe('unchanged');
  });

  test('refuses a file without a store, which would withdraw all', async () => {
    await run([header, first, ''].join('\n'), true);
    expect((await run(`${header}\n`, true)).outcome).toBe('refused');
    expect(await tableAsCsv()).toContain(first);
  });

  test('prints every bad row and writes nothing of the good ones', async () => {
    const { outcome, lines } = await run([header, first, second.replace('expected', 'sure'), 'x', ''].join('\n'), true);
    expect(outcome).toBe('refused');
    expect(lines).toEqual([
      'line 3, status "sure": use one of expected, confirmed, open, withdrawn',
      'line 4: has 1 cells for 18 columns; a cell with a comma stands in quotes',
      '2 to mend; nothing is written',
    ]);
    expect(await tableAsCsv()).toBe(`${header}\n`);
  });

  test('names the stores without any channel, whose leads go to the fallback address', async () => {
    const withAddress = first.replace(/,,,,,$/, ',leads@example.com,,,,');
    const withWebhook = (others[0] ?? '').replace(
      /,,,,,$/,
      `,,,https://crm.example.com/leads,whsec_${Buffer.alloc(24).toString('base64')},`,
    );
    const gone = (others[1] ?? '').replace(',expected,', ',withdrawn,');
    const [id, name] = second.split(',');
    const one = await run([header, withAddress, second, withWebhook, gone, ''].join('\n'), false);
    expect(one.lines.slice(0, 2)).toEqual([
      'warning: 1 store has no channel for leads: their leads go to the fallback address',
      `! ${id} ${name}`,
    ]);
    const two = await run([header, first, second, withWebhook, ''].join('\n'), false);
    expect(two.lines[0]).toMatch(/^warning: 2 stores have no channel/);
    expect(two.lines.filter((line) => line.startsWith('! '))).toHaveLength(2);
    const none = await run([header, withAddress, withWebhook, ''].join('\n'), false);
    expect(none.lines.join()).not.toContain('warning');
  });
});

describe('npm run dealers', () => {
  async function cli(args: readonly string[], port: number) {
    const script = new URL('../../local/dealers-cli.ts', import.meta.url).pathname;
    const env = { ...process.env, LOCATOR_PORT: String(port), AWS_PROFILE: 'someone' };
    const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (output.stdout += chunk));
    child.stderr.on('data', (chunk) => (output.stderr += chunk));
    const [code] = await once(child, 'close');
    return { code, ...output };
  }

  /** Answers as the running stack does, on a port of its own. */
  async function withStack<T>(use: (port: number) => Promise<T>): Promise<T> {
    const stack: StackDescription = {
      dynamoDbEndpoint: inject('dynamoDbEndpoint'),
      region: 'us-east-1',
      environment: { DEALER_TABLE_NAME: tableName },
      issuerUrl: 'http://127.0.0.1:1',
      mailUrl: 'http://127.0.0.1:1',
      apiHosts: [],
    };
    const server = await startLoopbackServer(
      async (_, response) => void response.end(JSON.stringify(stack)),
      () => {},
    );
    try {
      return await use(Number(new URL(server.url).port));
    } finally {
      await server.stop();
    }
  }

  test('imports into the running stack and exports the file back', async () => {
    const file = join(folder, 'stores.csv');
    const copy = join(folder, 'copy.csv');
    writeFileSync(file, stores);
    await withStack(async (port) => {
      expect(await cli(['import', file, '--apply'], port)).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/100 %, ([\d,]+) of \1\n$/),
      });
      expect(await cli(['export', copy], port)).toEqual({ code: 0, stdout: '', stderr: '' });
    });
    expect(readFileSync(copy, 'utf8').split('\n').sort()).toEqual(stores.split('\n').sort());
  });

  test('exits with 1 when a row is bad', async () => {
    const file = join(folder, 'bad.csv');
    writeFileSync(file, `${header}\nx\n`);
    const { code, stdout } = await withStack((port) => cli(['import', file], port));
    expect([code, stdout]).toEqual([1, expect.stringContaining('line 2: has 1 cells')]);
  });

  test('says in one sentence what is missing', async () => {
    const file = join(folder, 'latin1.csv');
    writeFileSync(file, Buffer.from('caf\xe9', 'latin1'));
    const answers = await Promise.all([
      cli(['export'], 1),
      cli(['import', join(folder, 'none.csv')], 1),
      cli(['import', file], 1),
      cli(['import', file, '--aply'], 1),
      cli([], 1),
    ]);
    expect(answers.map((answer) => answer.code)).toEqual([1, 1, 1, 1, 1]);
    expect(answers.map((answer) => answer.stderr.split('\n')[0])).toEqual([
      expect.stringMatching(/^Nothing runs on port 1: .*npm run dev/),
      expect.stringMatching(/none\.csv cannot be read/),
      expect.stringMatching(/not UTF-8/),
      expect.stringMatching(/--aply/),
      expect.stringMatching(/^npm run dealers/),
    ]);
  });
});
