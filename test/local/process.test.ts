import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { openDataFolder } from '../../local/data-folder.ts';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/local-account.ts';

const ROOT = join(import.meta.dirname, '../..');
const Running = z.object({
  siteUrl: z.string(),
  dynamoDbEndpoint: z.string(),
  environment: z.record(z.string(), z.string()),
  token: z.string(),
});

const children: ChildProcess[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'locator-test-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function startFixture(dataDir: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixture/run-host.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line]: string[] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, ...Running.parse(JSON.parse(line ?? '')) };
}

const isGone = async (url: string): Promise<void> => {
  await vi.waitFor(async () => await expect(fetch(url)).rejects.toThrow(), { timeout: 5_000 });
};

describe('a host that is killed', () => {
  test('leaves no database behind, and its data, secrets, keys and stream positions outlive it', async () => {
    const first = await startFixture(folder);
    const send = (siteUrl: string, action: string, body?: unknown) =>
      fetch(`${siteUrl}/v1/do/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body ?? {}),
      });
    const secret = await (await send(first.siteUrl, 'secret')).text();
    expect((await send(first.siteUrl, 'put', { pk: { S: 'last' }, kind: { S: 'lead' } })).status).toBe(200);
    first.child.kill('SIGKILL');
    await isGone(first.dynamoDbEndpoint);

    const second = await startFixture(folder);
    expect(await (await send(second.siteUrl, 'secret')).text()).toBe(secret);
    // The issuer's address has changed with the port, its key has not.
    expect(headerOf(second.token)).toEqual(headerOf(first.token));
    const database = new DynamoDBClient({
      endpoint: second.dynamoDbEndpoint,
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
    });
    const read = async (table: string) =>
      (await database.send(new GetItemCommand({ TableName: second.environment[table], Key: { pk: { S: 'last' } } })))
        .Item;
    expect(await read('ITEM_TABLE_NAME')).toMatchObject({ pk: { S: 'last' } });
    // Written just before the kill: delivered before it or after it, and not lost between.
    await vi.waitFor(async () => expect(Number((await read('SEEN_TABLE_NAME'))?.['times']?.N)).toBeGreaterThan(0), {
      timeout: 5_000,
    });

    second.child.kill('SIGTERM');
    const [code] = await once(second.child, 'exit');
    expect(code).toBe(0);
    await isGone(second.dynamoDbEndpoint);
  });
});

describe('npm run dev says in one sentence, and ends, when', () => {
  async function runDev(env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, ['local/dev.ts'], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        LOCATOR_PORT: '0',
        LOCATOR_MAIL_PORT: '0',
        LOCATOR_DATA_DIR: ':memory:',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    const [code] = await once(child, 'close');
    return { code, lines: Buffer.concat(said).toString().trim().split('\n') };
  }

  test('its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const [site, mail] = await Promise.all([runDev({ LOCATOR_PORT: port }), runDev({ LOCATOR_MAIL_PORT: port })]);
    other.close();
    expect(site).toEqual({ code: 1, lines: [expect.stringContaining(`Port ${port}`)] });
    expect(site.lines[0]).toContain('LOCATOR_PORT');
    expect(mail).toEqual({ code: 1, lines: [expect.stringContaining('LOCATOR_MAIL_PORT')] });
  });

  test('there is no Java', async () => {
    expect(await runDev({ PATH: '' })).toEqual({ code: 1, lines: [expect.stringContaining('Java is missing')] });
  });

  test('its data folder cannot be written', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const run = await runDev({ LOCATOR_DATA_DIR: file });
    expect(run).toEqual({ code: 1, lines: [expect.stringContaining(`The data folder ${file} cannot be written`)] });
  });

  test('its data folder is in use', async () => {
    const held = await openDataFolder(folder);
    const run = await runDev({ LOCATOR_DATA_DIR: folder });
    await held.stop();
    expect(run).toEqual({ code: 1, lines: [expect.stringContaining('in use by another running host')] });
  });

  test('its port is no port', async () => {
    const run = await runDev({ LOCATOR_PORT: '3000x' });
    expect(run).toEqual({ code: 1, lines: ['LOCATOR_PORT is 3000x: it has to be a port from 0 to 65535.'] });
  });
});

/** A token's first part, which names the key. */
function headerOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
}
