import { randomUUID } from 'node:crypto';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../local/local-account.ts';

/** A client of an emulator; of the run's own unless told, which vitest alone knows. */
export function localDynamoDb(endpoint: string = inject('dynamoDbEndpoint')): DynamoDBClient {
  const client = new DynamoDBClient({ endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS });
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (!isStumble(error)) throw error;
        return await next(args);
      }
    },
    { step: 'build', priority: 'low', name: 'stumbles' },
  );
  return client;
}

/** DynamoDB Local's parser of expressions stumbles now and then when many begin at once, and refuses what is right. */
function isStumble(error: unknown): boolean {
  return (
    error instanceof Error && error.name === 'ValidationException' && /Index \d+ out of bounds/.test(error.message)
  );
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
