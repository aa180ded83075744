import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { QueryCommand as DocumentQueryCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { writeItems } from '../../bench/search/bench-tables.ts';
import { meteredDynamoDb } from '../../bench/search/read-meter.ts';
import type { StoredItem } from '../../shared/runtime/item-bytes.ts';
import { makeTable } from '../support/table.ts';

const metered = () => meteredDynamoDb(inject('dynamoDbEndpoint'));

const KEYS = {
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' as const },
    { AttributeName: 'sk', AttributeType: 'S' as const },
  ],
};

/** Attributes as stores have them. */
const attributes: fc.Arbitrary<StoredItem> = fc.record({
  text: fc.string({ unit: 'grapheme', maxLength: 30 }).map((S) => ({ S: `x${S}` })),
  number: fc.double({ min: -180, max: 180, noNaN: true, noDefaultInfinity: true }).map((n) => ({ N: n.toFixed(6) })),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 30 }).map((B) => ({ B })),
  list: fc.array(fc.string({ maxLength: 20 }).map((S) => ({ S }))).map((L) => ({ L })),
  map: fc
    .record({ lat: fc.constant({ N: '26.112345' }), yes: fc.boolean().map((BOOL) => ({ BOOL })) })
    .map((M) => ({ M })),
});

/** So many rows of one size that a wrong byte in each is likely to show after rounding to 4 KB. */
const ROWS = 200;

test('read units equal those that DynamoDB Local reports of a Query that finds something', async () => {
  const { client, takeCost } = metered();
  const TableName = await makeTable(client, KEYS);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(attributes, fc.boolean(), async (item, ConsistentRead) => {
      const pk = { S: `run-${run++}` };
      const rows = Array.from({ length: ROWS }, (_, at) => ({ pk, sk: { S: String(at).padStart(4, '0') }, ...item }));
      await writeItems(client, TableName, rows);
      takeCost();
      const { ConsumedCapacity } = await client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ConsistentRead,
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      expect(takeCost()).toEqual({ queries: 1, readUnits: ConsumedCapacity?.CapacityUnits, rounds: 1 });
    }),
    { numRuns: 30, endOnFailure: true },
  );
});

test('a Query that finds nothing is charged half a unit, or one when it is consistent', async () => {
  const { client, takeCost } = metered();
  const TableName = await makeTable(client, KEYS);
  const nothing = {
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'none' } },
  };
  await client.send(new QueryCommand(nothing));
  expect(takeCost().readUnits).toBe(0.5);
  await client.send(new QueryCommand({ ...nothing, ConsistentRead: true }));
  expect(takeCost().readUnits).toBe(1);
});

test('reads at once are one round, one after another two, also through the document client', async () => {
  const { client, takeCost } = metered();
  const TableName = await makeTable(client, KEYS);
  const documents = DynamoDBDocumentClient.from(client);
  const read = () =>
    documents.send(
      new DocumentQueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': 'none' },
      }),
    );
  await Promise.all([read(), read(), read()]);
  expect(takeCost()).toMatchObject({ queries: 3, rounds: 1 });
  await read();
  await read();
  expect(takeCost()).toMatchObject({ queries: 2, rounds: 2 });
});
