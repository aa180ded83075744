import { randomUUID } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { measureColdStart } from '../../bench/search/cold-start.ts';
import { OwnSearch } from '../../bench/search/own-search.ts';
import { clusteredDealers } from '../../bench/search/places.ts';
import { meteredDynamoDb } from '../../bench/search/read-meter.ts';

test('the bundled search answers in a process that has nothing but what the bench gives it', async () => {
  const endpoint = inject('dynamoDbEndpoint');
  const dealers = clusteredDealers(20, 1);
  const { tableName } = await OwnSearch.load(meteredDynamoDb(endpoint), `cold-start-${randomUUID()}`, dealers);
  const { ORIGIN_KEY_HASHES: own } = process.env;
  // What vitest gives to tests, a bench is not given.
  delete process.env['ORIGIN_KEY_HASHES'];
  try {
    const { firstAnswerMilliseconds, bundleBytes } = await measureColdStart(endpoint, tableName, 1);
    expect(firstAnswerMilliseconds).toBeGreaterThan(0);
    expect(bundleBytes).toBeGreaterThan(0);
  } finally {
    process.env['ORIGIN_KEY_HASHES'] = own;
  }
});
