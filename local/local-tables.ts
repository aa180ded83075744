import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TABLES, type TableName } from '../infra/tables.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { HostError } from './host-error.ts';
import { LOCAL_CREDENTIALS } from './local-account.ts';
import { readPort } from './settings.ts';
import { fetchStack } from './stack-description.ts';

/**
 * Tables of the stack that `npm run dev` runs, and a client that reaches them.
 *
 * @throws HostError when no stack runs, or it has no such table
 */
export async function findLocalTables<Name extends TableName>(
  wanted: readonly Name[],
): Promise<{ readonly client: DynamoDBDocumentClient; readonly names: Readonly<Record<Name, string>> }> {
  const { dynamoDbEndpoint: endpoint, region, environment } = await fetchStack(readPort(process.env));
  const names = wanted.map((table) => {
    const name = environment[TABLES[table].environmentVariable];
    if (name === undefined) throw new HostError(`The local stack has no table of ${table}.`);
    return [table, name] as const;
  });
  return {
    client: documentClient({ endpoint, region, credentials: LOCAL_CREDENTIALS }),
    names: Object.fromEntries(names) as Record<Name, string>,
  };
}
