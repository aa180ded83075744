import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DEALER_TABLE } from '../../shared/dealers/dealer-table.ts';
import { localDocumentClient, withKeys } from '../support/locator-tables.ts';
import { localDynamoDb, makeTable } from '../support/table.ts';

/** A dealers table of its own, and a client of it. */
export async function dealersTable(): Promise<{ client: DynamoDBDocumentClient; tableName: string }> {
  const tableName = await makeTable(localDynamoDb(), withKeys(DEALER_TABLE));
  return { client: clientWith({}), tableName };
}

interface Behaviour {
  readonly beforeSend?: () => void;
  readonly afterWrite?: () => Promise<void>;
  readonly afterRead?: (output: object) => Promise<void>;
  /** Every write after so many is refused, as if the process were gone. */
  readonly dieAfterWrites?: number;
  /** Eventually consistent reads are answered by this other table, which has not had the latest import. */
  readonly lagsAs?: string;
}

/** A client that something happens to. */
export function clientWith(behaviour: Behaviour): DynamoDBDocumentClient {
  const client = localDynamoDb();
  let writes = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      behaviour.beforeSend?.();
      const isWrite = !['QueryCommand', 'GetItemCommand', 'ScanCommand'].includes(String(context['commandName']));
      if (isWrite && behaviour.dieAfterWrites !== undefined && writes >= behaviour.dieAfterWrites) {
        throw new Error('killed');
      }
      const lags = 'ConsistentRead' in args.input && args.input.ConsistentRead === false;
      const input = lags && behaviour.lagsAs ? { ...args.input, TableName: behaviour.lagsAs } : args.input;
      const result = await next({ ...args, input });
      if (isWrite) {
        writes++;
        await behaviour.afterWrite?.();
      } else {
        await behaviour.afterRead?.(result.output);
      }
      return result;
    },
    { step: 'initialize' },
  );
  return localDocumentClient(client);
}

/** Lets others go on; time itself plays no part in these tests. */
export async function rest(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
