import { randomUUID } from 'node:crypto';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';

/** A client of the run's emulator. */
export function localDynamoDb(): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: inject('dynamoDbEndpoint'),
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** Makes a table of a name of its own, so that test files can share the emulator. Gives that name. */
export async function makeTable(
  client: DynamoDBClient,
  input: Omit<CreateTableCommandInput, 'TableName' | 'BillingMode'>,
): Promise<string> {
  const TableName = `t-${randomUUID()}`;
  await client.send(new CreateTableCommand({ ...input, TableName, BillingMode: 'PAY_PER_REQUEST' }));
  return TableName;
}
