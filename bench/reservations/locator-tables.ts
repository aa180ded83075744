import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { FACT_TABLE } from '../../shared/counts/fact-table.ts';
import type { Dealer } from '../../shared/dealers/dealer.ts';
import { applyDealerChanges } from '../../shared/dealers/dealer-import-table.ts';
import { DEALER_TABLE } from '../../shared/dealers/dealer-table.ts';
import { LIMIT_TABLE } from '../../shared/limits/limit-table.ts';
import { OUTBOX_TABLE } from '../../shared/outbox/outbox-table.ts';
import { RESERVATION_TABLE } from '../../shared/reservations/reservation-table.ts';
import { localDocumentClient, withDueIndex, withKeys } from '../../test/support/locator-tables.ts';
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

/** The locator's tables, with the keys and the index of what is due that the deployment gives them, empty but for these stores. */
export async function makeLocatorTables(client: DynamoDBClient, stores: readonly Dealer[]): Promise<void> {
  for (const [TableName, keys] of Object.entries(KEYS)) {
    const input = withKeys(keys);
    await createTable(client, { TableName, ...(TableName === 'outbox' ? withDueIndex(input) : input) });
  }
  const neverNeeded = () => Promise.reject(new Error('an import waited, although no other writes to its table'));
  const changes = { put: stores, removeIds: [] };
  await applyDealerChanges(localDocumentClient(client), 'dealers', changes, { wait: neverNeeded });
}
