import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { text as textOf } from 'node:stream/consumers';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/local-account.ts';
import { FACT_TABLE, factItem, factTable } from '../../shared/counts/fact-table.ts';
import { ROLLUP_TABLE, rollupTable } from '../../shared/counts/rollup-table.ts';
import { documentClient } from '../../shared/runtime/dynamodb-client.ts';
import { call } from '../support/api-call.ts';
import { reserve } from '../support/buyer.ts';
import { countsOf } from '../support/counts.ts';
import { invoke } from '../support/operator.ts';

const { siteUrl, tokens, dynamoDbEndpoint, environment } = inject('locator');
const authorization = `Bearer ${tokens.counts}`;
const campaign = `past-${randomUUID().slice(0, 8)}`;
const local = {
  endpoint: dynamoDbEndpoint,
  region: LOCAL_REGION,
  credentials: LOCAL_CREDENTIALS,
};

/** Facts of two months that are long closed. Nobody stands because of them, so the audit has nothing to find. */
beforeAll(async () => {
  const client = documentClient(local);
  const tableName = environment[FACT_TABLE.environmentVariable] ?? '';
  const facts = factTable(client, tableName);
  const dimensions = {
    state: 'AL',
    county: '01001',
    metro: '33860',
    zip3: '360',
    dealer: '2590',
    model: 'a110',
    timeframe: 'unknown',
    distanceBand: '100-250',
    locale: 'en-US',
    campaign,
  };
  for (const [hour, event] of [
    ['2025-03-31T23', 'submitted'],
    ['2025-04-01T00', 'submitted'],
    ['2025-04-02T10', 'movedOut'],
    ['2025-04-02T10', 'movedIn'],
  ] as const) {
    await facts.announceDay(hour.slice(0, 10));
    const fact = { id: randomUUID(), hour, event, dimensions };
    await client.send(new PutCommand({ TableName: tableName, Item: factItem(fact) }));
  }
});

async function run(...args: string[]) {
  const child = spawn(process.execPath, ['local/counts-cli.ts', ...args], {
    cwd: new URL('../../', import.meta.url),
    env: { ...process.env, LOCATOR_PORT: new URL(siteUrl).port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), exit]);
  return { code, stdout, stderr };
}

const csv = (query: string, accept: string) =>
  call('GET', `/v1/interest-counts?${query}`, { headers: { authorization, accept } });

describe('counts of closed months', () => {
  test('are the same before they are rolled up, after, and after a rebuild, and the audit agrees', async () => {
    const asked = ['by=county,month', 'by=day', 'by=week,distance-band', 'from=2025-04-01&to=2025-04-01', ''];
    const ask = () => Promise.all(asked.map((query) => countsOf(`?campaign=${campaign}&${query}`.replace(/&$/, ''))));
    const counts = (answers: Awaited<ReturnType<typeof ask>>) =>
      answers.map(({ total, groups }) => ({ total, groups }));
    const before = counts(await ask());
    expect(before.at(-1)?.total).toMatchObject({ submitted: 2, movedIn: 1, movedOut: 1, active: 0 });
    // Someone of today goes on meanwhile.
    await reserve({});
    await invoke('roll-up-counts');
    const tableName = environment[ROLLUP_TABLE.environmentVariable] ?? '';
    const head = await rollupTable(documentClient(local), tableName).readHead();
    expect(head?.days).toMatchObject({ '2025-03': 2 ** 30, '2025-04': 3 });
    expect(counts(await ask())).toEqual(before);
    expect(await invoke('audit-counts')).toMatchObject({ drift: { groups: 0, active: 0, withdrawn: 0, rollups: 0 } });
    expect(await run('rebuild')).toMatchObject({ code: 0, stdout: expect.stringContaining('Rolled up 3 days') });
    expect(counts(await ask())).toEqual(before);
    expect(await run('audit')).toMatchObject({ code: 0, stdout: expect.stringContaining('are the truth') });
    const shown = await run('show', '--by', 'county', '--to', '2025-12-31');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/01001.*│ 2 /);
    expect(await run('show', '--by', 'colour')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('--by must be'),
    });
    expect(await run('count')).toMatchObject({ code: 1, stderr: expect.stringContaining('npm run counts') });
  }, 60_000);

  test('name their places and stores, and say what they mean', async () => {
    const { json } = await call('GET', `/v1/interest-counts?campaign=${campaign}&by=county,dealer`, {
      headers: { authorization },
    });
    expect(json).toMatchObject({
      complete: true,
      suppressedBelow: null,
      names: { county: { '01001': 'Autauga County, AL' }, dealer: { '2590': 'Mercedes-Benz of Pembroke Pines' } },
      definitions: { 'distance-band': expect.stringContaining('Miles'), week: expect.stringContaining('Monday') },
    });
    const { json: byModel } = await call('GET', '/v1/interest-counts?by=model', { headers: { authorization } });
    expect((byModel as { names: object }).names).toEqual({});
  });

  test('come as CSV, the same rows, for programs and for spreadsheets', async () => {
    const { text, headers } = await csv(`campaign=${campaign}&by=county,model`, 'text/csv');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="interest-counts-county-model-\d{4}-\d\d-\d\d\.csv"$/,
    );
    expect(headers.get('cache-control')).toBe('no-store');
    const [header = [], ...rows] = parse(text) as string[][];
    expect(header.slice(0, 4)).toEqual(['county', 'countyName', 'model', 'submitted']);
    expect(rows.map((row) => row.slice(0, -1))).toEqual([
      ['01001', 'Autauga County, AL', 'a110', '2', '0', '0', '1', '1', '0'],
    ]);
    const spreadsheet = await csv(`campaign=${campaign}&by=county`, 'text/csv;dialect=spreadsheet');
    expect(spreadsheet.text).toMatch(/^county,countyName,[^\n]*\r\n"=""01001""",/);
    const response = await fetch(`${siteUrl}/v1/interest-counts?campaign=${campaign}`, {
      headers: { authorization, accept: 'text/csv;dialect=spreadsheet' },
    });
    // Reading it as text would take the byte order mark away.
    expect([...new Uint8Array(await response.arrayBuffer())].slice(0, 3)).toEqual([0xef, 0xbb, 0xbf]);
    const refused = await csv('by=colour', 'text/csv');
    expect([refused.status, refused.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
  });

  test('come compressed through the edge for those who take it', async () => {
    const headers = { authorization, accept: 'text/csv', 'accept-encoding': 'gzip' };
    const response = await fetch(`${siteUrl}/v1/interest-counts?campaign=${campaign}&by=day`, { headers });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('vary')).toContain('accept-encoding');
    // fetch has unpacked it.
    expect((await response.text()).split('\r\n')).toHaveLength(5);
  });

  test('as CSV want a token and its scope too', async () => {
    const status = async (headers: Record<string, string>) =>
      (await call('GET', '/v1/interest-counts', { headers: { accept: 'text/csv', ...headers } })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: `Bearer ${tokens.leads}` })).toBe(403);
  });
});
