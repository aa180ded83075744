import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { FACT_TABLE } from '../../shared/counts/fact-table.ts';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import { applyDealerChanges } from '../../shared/dealers/dealer-import-table.ts';
import { DEALER_TABLE } from '../../shared/dealers/dealer-table.ts';
import { LIMIT_TABLE } from '../../shared/limits/limit-table.ts';
import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import { RESERVATION_TABLE } from '../../shared/reservations/reservation-table.ts';
import { createTable } from '../create-table.ts';

const KEYS = {
  dealers: DEALER_TABLE,
  reservations: RESERVATION_TABLE,
  facts: FACT_TABLE,
  outbox: OUTBOX_TABLE,
  limits: LIMIT_TABLE,
} as const;

/** A table is named for what it holds. */
export type TableName = keyof typeof KEYS;

/** The locator's tables, with the keys and the index that the deployment gives them, empty but for these stores. */
export async function makeLocatorTables(client: DynamoDBClient, stores: readonly Dealer[]): Promise<void> {
  const { dueIndex } = OUTBOX_TABLE;
  for (const [TableName, { partitionKey, sortKey }] of Object.entries(KEYS)) {
    const input: Omit<CreateTableCommandInput, 'BillingMode'> = {
      TableName,
      KeySchema: keySchema(partitionKey, sortKey),
      AttributeDefinitions: [
        { AttributeName: partitionKey, AttributeType: 'S' },
        { AttributeName: sortKey, AttributeType: 'S' },
      ],
    };
    await createTable(
      client,
      TableName === 'outbox'
        ? {
            ...input,
            AttributeDefinitions: [
              ...(input.AttributeDefinitions ?? []),
              { AttributeName: dueIndex.partitionKey, AttributeType: 'S' },
              { AttributeName: dueIndex.sortKey, AttributeType: 'N' },
            ],
            GlobalSecondaryIndexes: [
              {
                IndexName: dueIndex.name,
                KeySchema: keySchema(dueIndex.partitionKey, dueIndex.sortKey),
                Projection: { ProjectionType: 'KEYS_ONLY' },
              },
            ],
          }
        : input,
    );
  }
  const neverNeeded = () => Promise.reject(new Error('an import waited, although no other writes to its table'));
  const changes = { put: stores, removeIds: [] };
  await applyDealerChanges(DynamoDBDocumentClient.from(client), 'dealers', changes, { wait: neverNeeded });
}

function keySchema(partitionKey: string, sortKey: string): CreateTableCommandInput['KeySchema'] {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
}
