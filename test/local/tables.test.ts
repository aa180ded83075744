import { randomUUID } from 'node:crypto';
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createTables } from '../../local/aws/tables.ts';
import { HostError } from '../../local/host-error.ts';
import { localDynamoDb } from '../support/table.ts';
import { templateOf } from './template-of.ts';

const client = localDynamoDb();
const BASE = {
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
};
const create = (ref: string, properties: Readonly<Record<string, unknown>>, type = 'AWS::DynamoDB::Table') =>
  createTables(templateOf({ Orders: { type, ref, properties } }), client);
const describeTable = async (name: string) => (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
const index = (name: string, attribute: string) => ({
  IndexName: name,
  KeySchema: [{ AttributeName: attribute, KeyType: 'HASH' }],
  Projection: { ProjectionType: 'ALL' },
});
const withIndex = (name: string, attribute: string) => ({
  ...BASE,
  AttributeDefinitions: [...BASE.AttributeDefinitions, { AttributeName: attribute, AttributeType: 'S' }],
  GlobalSecondaryIndexes: [index(name, attribute)],
});

test.each(['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'])(
  'makes a %s with keys, indexes, stream and time to live',
  async (type) => {
    const name = `t-${randomUUID()}`;
    const properties = {
      ...withIndex('byColour', 'colour'),
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
    };
    await create(name, properties, type);
    const table = await describeTable(name);
    expect(table?.KeySchema).toEqual(BASE.KeySchema);
    expect(table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['byColour']);
    expect(table?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'NEW_IMAGE' });
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expiresAtSeconds', TimeToLiveStatus: 'ENABLED' });
  },
);

test('keeps a table’s items and brings its indexes, stream and time to live to the template’s', async () => {
  const name = `t-${randomUUID()}`;
  await create(name, {
    ...withIndex('byColour', 'colour'),
    TimeToLiveSpecification: { AttributeName: 'old', Enabled: true },
  });
  await client.send(new PutItemCommand({ TableName: name, Item: { pk: { S: '1' } } }));
  await create(name, { ...withIndex('bySize', 'size'), StreamSpecification: { StreamViewType: 'KEYS_ONLY' } });
  const { Item } = await client.send(new GetItemCommand({ TableName: name, Key: { pk: { S: '1' } } }));
  expect(Item).toEqual({ pk: { S: '1' } });
  const table = await describeTable(name);
  expect(table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['bySize']);
  expect(table?.StreamSpecification?.StreamViewType).toBe('KEYS_ONLY');
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
  expect(TimeToLiveDescription?.TimeToLiveStatus).toBe('DISABLED');
});

test('changes nothing in a table that is as the template has it', async () => {
  const name = `t-${randomUUID()}`;
  const properties = { ...withIndex('byColour', 'colour'), StreamSpecification: { StreamViewType: 'NEW_IMAGE' } };
  await create(name, properties);
  const before = await describeTable(name);
  await create(name, properties);
  expect(await describeTable(name)).toEqual(before);
});

test('says in one sentence that a kept table has other keys', async () => {
  const name = `t-${randomUUID()}`;
  await create(name, BASE);
  const renamed = {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  };
  await expect(create(name, renamed)).rejects.toThrow(HostError);
  await expect(create(name, renamed)).rejects.toThrow(`${name} has the key pk (S), the template wants id (N)`);
});
