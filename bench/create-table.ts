import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

export async function createTable(
  client: DynamoDBClient,
  input: Omit<CreateTableCommandInput, 'BillingMode'>,
): Promise<void> {
  await client.send(new CreateTableCommand({ ...input, BillingMode: 'PAY_PER_REQUEST' }));
}
