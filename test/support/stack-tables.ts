import { type DynamoDBDocumentClient, PutCommand, paginateScan } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import { until } from './inbox.ts';
import { localDocumentClient } from './locator-tables.ts';
import { localDynamoDb } from './table.ts';

/** Every row of every table of the running stack, by the variable that names the table, such as `OUTBOX_TABLE_NAME`. */
export async function scanTables(stack: {
  readonly dynamoDbEndpoint: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<ReadonlyMap<string, readonly Record<string, unknown>[]>> {
  return withClient(stack.dynamoDbEndpoint, async (client) => {
    const names = Object.entries(stack.environment).filter(([variable]) => variable.endsWith('_TABLE_NAME'));
    const tables = await Promise.all(
      names.map(async ([variable, TableName]) => {
        const rows: Record<string, unknown>[] = [];
        for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
          rows.push(...Items);
        return [variable, rows] as const;
      }),
    );
    return new Map(tables);
  });
}

/**
 * Changes the one row of a table of the running stack that fits, as time would have: what no test can wait for.
 * @param variable that names the table
 */
export async function ageRow(
  variable: string,
  fits: (row: Record<string, unknown>) => boolean,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const stack = inject('locator');
  const rows = ((await scanTables(stack)).get(variable) ?? []).filter(fits);
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} rows of ${variable} fit, not one`);
  await withClient(stack.dynamoDbEndpoint, (client) =>
    client.send(new PutCommand({ TableName: stack.environment[variable], Item: { ...row, ...changes } })),
  );
}

async function withClient<T>(endpoint: string, use: (client: DynamoDBDocumentClient) => Promise<T>): Promise<T> {
  const dynamoDb = localDynamoDb(endpoint);
  try {
    return await use(localDocumentClient(dynamoDb));
  } finally {
    dynamoDb.destroy();
  }
}

/** Waits until every lead of a reservation has been handed over, and closed where it was to be, in every way that stores take. */
export async function awaitLeadsDelivered(reservationNumber: string): Promise<void> {
  const stack = inject('locator');
  await until(`the leads of ${reservationNumber}`, async () => {
    const rows = (await scanTables(stack)).get(OUTBOX_TABLE.environmentVariable) ?? [];
    const leads = rows.filter((row) => row['reservationNumber'] === reservationNumber);
    const isDone = leads.every(({ id }) => {
      const deliveries = rows.filter(({ group }) => group === `lead#${id}`);
      return deliveries.length > 0 && deliveries.every(isDoneFor);
    });
    return (leads.length > 0 && isDone) || undefined;
  });
}

/** Reminders come a day later, if at all; and of a closed lead only a store with a webhook is told that way. */
function isDoneFor({ channel, status }: Record<string, unknown>): boolean {
  if (channel === 'reminder-mail' || channel === 'escalation-mail') return true;
  return status === 'delivered' || (channel === 'lead-closed-webhook' && status === 'cancelled');
}
