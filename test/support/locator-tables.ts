import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { FACT_TABLE, type FactTable, factTable } from '../../shared/counts/fact-table.ts';
import { ROLLUP_TABLE, type RollupTable, rollupTable } from '../../shared/counts/rollup-table.ts';
import { DEALER_TABLE } from '../../shared/dealers/dealer-table.ts';
import { LIMIT_TABLE, type LimitTable, limitTable } from '../../shared/limits/limit-table.ts';
import { OUTBOX_TABLE, type OutboxTable, outboxTable } from '../../shared/outbox/outbox-table.ts';
import {
  RESERVATION_TABLE,
  type ReservationTable,
  reservationTable,
} from '../../shared/reservations/reservation-table.ts';
import { localDynamoDb, makeTable } from './table.ts';

export type Item = Record<string, unknown>;

export interface OpenTables {
  readonly facts: FactTable;
  readonly rollups: RollupTable;
  readonly outbox: OutboxTable;
  readonly reservations: ReservationTable;
  readonly limits: LimitTable;
}

export interface LocatorTables extends OpenTables {
  readonly client: DynamoDBDocumentClient;
  readonly names: Readonly<Record<'dealers' | 'reservations' | 'facts' | 'rollups' | 'outbox' | 'limits', string>>;
  /** The same tables through another client, as another function's instance has them. */
  open(client: DynamoDBDocumentClient): OpenTables;
  /** Every item of a table. */
  scan(name: keyof LocatorTables['names']): Promise<readonly Item[]>;
}

/**
 * The locator's six tables, of their own names and empty, with the keys and indexes that the deployment gives them.
 * @param dynamoDb of the emulator to make them in; the run's own unless told
 */
export async function makeLocatorTables(dynamoDb: DynamoDBClient = localDynamoDb()): Promise<LocatorTables> {
  const client = localDocumentClient(dynamoDb);
  const [dealers, reservations, facts, rollups, outbox, limits] = await Promise.all([
    makeTable(dynamoDb, withKeys(DEALER_TABLE)),
    makeTable(dynamoDb, withKeys(RESERVATION_TABLE)),
    makeTable(dynamoDb, withKeys(FACT_TABLE)),
    makeTable(dynamoDb, withKeys(ROLLUP_TABLE)),
    makeTable(dynamoDb, withLedgerIndexes(withDueIndex(withKeys(OUTBOX_TABLE)))),
    makeTable(dynamoDb, withKeys(LIMIT_TABLE)),
  ]);
  const names = { dealers, reservations, facts, rollups, outbox, limits };
  const open = (through: DynamoDBDocumentClient): OpenTables => {
    const tables = { facts: factTable(through, facts), outbox: outboxTable(through, outbox) };
    return {
      ...tables,
      rollups: rollupTable(through, rollups),
      reservations: reservationTable(through, reservations, tables),
      limits: limitTable(through, limits),
    };
  };
  return {
    ...open(client),
    client,
    names,
    open,
    async scan(name) {
      const items: Item[] = [];
      const pages = paginateScan({ client }, { TableName: names[name], ConsistentRead: true });
      for await (const page of pages) items.push(...(page.Items ?? []));
      return items;
    },
  };
}

/** A client of the run's emulator that marshals as the functions' client does. */
export function localDocumentClient(client = localDynamoDb()): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

type TableInput = Omit<CreateTableCommandInput, 'TableName' | 'BillingMode'>;

/** What makes a table of these keys. */
export function withKeys({
  partitionKey,
  sortKey,
}: {
  readonly partitionKey: string;
  readonly sortKey: string;
}): TableInput {
  return {
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: partitionKey, AttributeType: 'S' },
      { AttributeName: sortKey, AttributeType: 'S' },
    ],
  };
}

/** With the index of what is due, which is the outbox's. */
export function withDueIndex(input: TableInput): TableInput {
  const { name, partitionKey, sortKey } = OUTBOX_TABLE.dueIndex;
  return {
    ...input,
    AttributeDefinitions: [
      ...(input.AttributeDefinitions ?? []),
      { AttributeName: partitionKey, AttributeType: 'S' },
      { AttributeName: sortKey, AttributeType: 'N' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: name,
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  };
}

function withLedgerIndexes(input: TableInput): TableInput {
  const { ledgerIndex, dealerLedgerIndex } = OUTBOX_TABLE;
  const names = new Set(
    [ledgerIndex, dealerLedgerIndex].flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]),
  );
  return {
    ...input,
    AttributeDefinitions: [
      ...(input.AttributeDefinitions ?? []),
      ...[...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    ],
    GlobalSecondaryIndexes: [
      ...(input.GlobalSecondaryIndexes ?? []),
      ...[ledgerIndex, dealerLedgerIndex].map(({ name, partitionKey, sortKey }) => ({
        IndexName: name,
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' as const },
          { AttributeName: sortKey, KeyType: 'RANGE' as const },
        ],
        Projection: { ProjectionType: 'ALL' as const },
      })),
    ],
  };
}
