import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { QueryCommand as DocumentQueryCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import type { StoredItem } from '../../bench/search/item-bytes.ts';
import { meteredDynamoDb } from '../../bench/search/read-meter.ts';
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

/** Attributes as stores have them, and large enough for several units. */
const attributes: fc.Arbitrary<StoredItem> = fc.record({
  text: fc.string({ unit: 'grapheme', maxLength: 2_000 }).map((S) => ({ S: `x${S}` })),
  number: fc.double({ min: -180, max: 180, noNaN: true, noDefaultInfinity: true }).map((n) => ({ N: n.toFixed(6) })),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 3_000 }).map((B) => ({ B })),
  list: fc.array(fc.string({ maxLength: 20 }).map((S) => ({ S }))).map((L) => ({ L })),
  map: fc
    .record({ lat: fc.constant({ N: '26.112345' }), yes: fc.boolean().map((BOOL) => ({ BOOL })) })
    .map((M) => ({ M })),
});

test('read units equal those that DynamoDB Local reports of a Query that finds something', async () => {
  const { client, takeCost } = metered();
  const TableName = await makeTable(client, KEYS);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(attributes, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      async (items, ConsistentRead) => {
        const pk = { S: `run-${run++}` };
        for (const [at, item] of items.entries()) {
          await client.send(new PutItemCommand({ TableName, Item: { pk, sk: { S: String(at) }, ...item } }));
        }
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
      },
    ),
    { numRuns: 60 },
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
