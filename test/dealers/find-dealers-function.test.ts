import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { beforeAll, expect, inject, test, vi } from 'vitest';
import { compileLogPattern } from '../../local/aws/log-pattern.ts';
import { CANARY_AGENT } from '../../shared/canary/walk-canary.ts';
import { readSearchBatch, SEARCHED_LINES } from '../../shared/counts/searched-lines.ts';
import { applyDealerChanges } from '../../shared/dealers/dealer-import-table.ts';
import { DEALER_TABLE } from '../../shared/dealers/dealer-table.ts';
import { delivered } from '../counts/search-batch.ts';
import { plainStore } from '../pages/arbitrary-page.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { dealersTable, rest } from './dealers-table.ts';

vi.mock('../../shared/runtime/gazetteer-file.ts', async () => {
  const { openGazetteer } = await import('../../shared/gazetteer/gazetteer.ts');
  const opened = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
  return { gazetteer: () => opened };
});

let handler: typeof import('../../functions/find-dealers.ts').handler;

let table: Awaited<ReturnType<typeof dealersTable>>;

beforeAll(async () => {
  table = await dealersTable();
  vi.stubEnv(DEALER_TABLE.environmentVariable, table.tableName);
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', inject('dynamoDbEndpoint'));
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  ({ handler } = await import('../../functions/find-dealers.ts'));
});

async function loadStore(): Promise<void> {
  const changes = { put: [{ ...plainStore, routing: {} }], removeIds: [] };
  await applyDealerChanges(table.client, table.tableName, changes, { wait: rest });
}

/** A search near Plantation, with the lines that it writes. */
async function search(headers: Readonly<Record<string, string>> = {}) {
  const lines: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  try {
    const event = gatewayEvent({ rawPath: '/v1/dealers', rawQueryString: 'near=33324', headers });
    return { answer: await handler(event, {} as Context), lines };
  } finally {
    stdout.mockRestore();
  }
}

test('a search before the stores are loaded answers 503 that nobody keeps, and the first one after it finds them', async () => {
  const before = (await search()).answer;
  expect(before).toMatchObject({
    statusCode: 503,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '5', 'cache-control': 'no-store' },
  });
  expect(before.body).toContain('not loaded yet');
  await loadStore();
  const { answer } = await search();
  expect([answer.statusCode, answer.headers?.['cache-control']]).toEqual([200, expect.stringContaining('public')]);
  expect(JSON.parse(answer.body ?? '').dealers).toHaveLength(1);
});

test('a search’s line is handed on to be counted, and the canary’s is not: it would spoil its batch', async () => {
  await loadStore();
  const isCounted = compileLogPattern(SEARCHED_LINES);
  const { answer, lines } = await search();
  const counted = lines.filter(isCounted);
  expect([answer.statusCode, counted.length]).toEqual([200, 1]);
  const [tally] = readSearchBatch(delivered(counted))?.tallies ?? [];
  expect(tally?.searchesByState).toEqual({ FL: 1 });
  const canary = await search({ 'user-agent': CANARY_AGENT });
  expect(canary.answer.statusCode).toBe(200);
  expect(canary.lines.filter((line) => line.includes('"answered"'))).toHaveLength(1);
  expect(canary.lines.filter(isCounted)).toEqual([]);
});
