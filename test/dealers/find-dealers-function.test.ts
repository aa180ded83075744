import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { beforeAll, expect, inject, test, vi } from 'vitest';
import { compileLogPattern } from '../../local/aws/log-pattern.ts';
import { CANARY_AGENT } from '../../shared/canary/walk-canary.ts';
import { readSearchBatch, SEARCHED_LINES } from '../../shared/counts/searched-lines.ts';
import { applyDealerChanges } from '../../shared/dealers/dealer-import-table.ts';
import { delivered } from '../counts/search-batch.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { dealersTable, rest } from './dealers-table.ts';

vi.mock('../../shared/runtime/gazetteer-file.ts', async () => {
  const { openGazetteer } = await import('../../shared/gazetteer/gazetteer.ts');
  const opened = openGazetteer(readFileSync(new URL('../../data/gazetteer/gazetteer.bin', import.meta.url)));
  return { gazetteer: () => opened };
});

let handler: typeof import('../../functions/find-dealers.ts').handler;

beforeAll(async () => {
  const { client, tableName } = await dealersTable();
  await applyDealerChanges(client, tableName, { put: [], removeIds: [] }, { wait: rest });
  vi.stubEnv('DEALER_TABLE_NAME', tableName);
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', inject('dynamoDbEndpoint'));
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  ({ handler } = await import('../../functions/find-dealers.ts'));
});

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

test('a search’s line is handed on to be counted, and the canary’s is not: it would spoil its batch', async () => {
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
