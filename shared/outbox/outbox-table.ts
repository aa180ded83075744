import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { type Delivery, type DeliveryKey, LEAD_CHANNELS, type Lead } from './delivery.ts';
import { type DeliveryClaims, deliveryClaims, LEASE_SECONDS } from './delivery-claims-table.ts';
import { type EndpointBlocks, endpointBlocks } from './endpoint-block-table.ts';
import {
  DELIVERY_PREFIX,
  type DeliveryRow,
  DUE,
  deliveryKeyOf,
  deliveryRowKey,
  deliveryRowOf,
  leadRow,
  leadRowKey,
} from './outbox-row.ts';

/** What the deployment needs to know of the table. Its stream carries new images. */
export const OUTBOX_TABLE = {
  environmentVariable: 'OUTBOX_TABLE_NAME',
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAtSeconds',
  /** Sparse: only deliveries still to be sent are in it. */
  dueIndex: { name: 'due', partitionKey: 'due', sortKey: 'dueAtSeconds' },
  /** Sparse: the rows of leads, in order of time; all of them, and each store's. */
  ledgerIndex: { name: 'ledger', partitionKey: 'ledger', sortKey: 'ledgerKey' },
  dealerLedgerIndex: { name: 'dealer-ledger', partitionKey: 'dealerLedger', sortKey: 'ledgerKey' },
} as const;

/**
 * The stream's filter for rows that nobody has tried to send yet, new or renewed (Lambda's event filtering syntax). Deleted rows have
 * no new image.
 */
export const NEW_DELIVERY_FILTER = {
  dynamodb: { NewImage: { status: { S: ['pending'] }, attempts: { N: ['0'] } } },
};

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * Whether a lead has been sent to its store. `reached`: it has, or nobody can tell, as whoever sent it did not note how that
 * ended. `being-sent`: someone holds it at this moment. `not-reached`: it has not, and who claims it from now on sees what was
 * committed before.
 */
export type LeadReach = 'reached' | 'being-sent' | 'not-reached';

export interface Backlog {
  readonly deliveries: number;
  /** Since the oldest became due; 0 when nothing is. */
  readonly oldestSeconds: number;
}

export interface OutboxTable extends EndpointBlocks, DeliveryClaims {
  /** The parts of a transaction that add a lead's row and its deliveries. @param causedBy the request that does */
  additions(lead: Lead | undefined, deliveries: readonly Delivery[], causedBy?: string): TransactItem[];
  /** The parts of a transaction that make deliveries due once more, whatever became of them before. */
  renewals(deliveries: readonly Delivery[], causedBy?: string): TransactItem[];
  /** Makes deliveries due once more, all of them or none. */
  renew(deliveries: readonly Delivery[], causedBy?: string): Promise<void>;
  /** Deliveries that are due, the longest due first, at most `limit`. */
  listDue(nowMilliseconds: number, limit: number): Promise<readonly DeliveryKey[]>;
  /** All deliveries that are due, the longest due first, a page at a time. One that is settled meanwhile may still be named. */
  duePages(nowMilliseconds: number): AsyncIterable<readonly DeliveryKey[]>;
  /** What is due: how much of it, 1,000 at most, and since when. */
  backlog(nowMilliseconds: number): Promise<Backlog>;
  /** A lead's own row. */
  findLead(leadId: string): Promise<Lead | undefined>;
  /** All deliveries of a lead. */
  listDeliveries(leadId: string): Promise<readonly Delivery[]>;
  /** Whether a lead has been sent to its store, by any of its deliveries. Strongly consistent. */
  reachOf(leadId: string, nowMilliseconds: number): Promise<LeadReach>;
}

export function outboxTable(client: DynamoDBDocumentClient, tableName: string): OutboxTable {
  const listDeliveries = async (leadId: string): Promise<readonly DeliveryRow[]> => {
    const rows: DeliveryRow[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :delivery)',
        ExpressionAttributeValues: { ':pk': `lead#${leadId}`, ':delivery': DELIVERY_PREFIX },
      },
    );
    for await (const page of pages) rows.push(...(page.Items ?? []).map(deliveryRowOf));
    return rows;
  };

  const renewals = (deliveries: readonly Delivery[], causedBy?: string): TransactItem[] =>
    deliveries.map((delivery) => {
      const fields = Object.entries({ due: DUE, ...delivery, ...(causedBy !== undefined && { causedBy }) });
      return {
        Update: {
          TableName: tableName,
          Key: deliveryRowKey(delivery),
          // What is not named stays: when it was last handed over, and who may still be at it.
          UpdateExpression: `SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')} REMOVE settledAt, lastError`,
          ExpressionAttributeNames: Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
        },
      };
    });

  const dueQuery = (nowMilliseconds: number) => ({
    TableName: tableName,
    IndexName: OUTBOX_TABLE.dueIndex.name,
    KeyConditionExpression: 'due = :due AND dueAtSeconds <= :now',
    ExpressionAttributeValues: { ':due': DUE, ':now': Math.floor(nowMilliseconds / 1000) },
  });

  return {
    ...endpointBlocks(client, tableName),
    ...deliveryClaims(client, tableName),

    additions(lead, deliveries, causedBy) {
      const rows = deliveries.map((delivery) => ({
        ...deliveryRowKey(delivery),
        due: DUE,
        ...delivery,
        ...(causedBy !== undefined && { causedBy }),
      }));
      const all = lead === undefined ? rows : [leadRow(lead), ...rows];
      return all.map((Item) => ({
        Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' },
      }));
    },

    renewals,

    async renew(deliveries, causedBy) {
      await client.send(new TransactWriteCommand({ TransactItems: renewals(deliveries, causedBy) }));
    },

    async listDue(nowMilliseconds, limit) {
      const { Items = [] } = await client.send(new QueryCommand({ ...dueQuery(nowMilliseconds), Limit: limit }));
      return Items.map(dueKeyOf);
    },

    async *duePages(nowMilliseconds) {
      for await (const { Items = [] } of paginateQuery({ client }, dueQuery(nowMilliseconds)))
        yield Items.map(dueKeyOf);
    },

    async backlog(nowMilliseconds) {
      const { Items = [] } = await client.send(
        new QueryCommand({ ...dueQuery(nowMilliseconds), ProjectionExpression: 'dueAtSeconds', Limit: 1_000 }),
      );
      const [oldest] = Items;
      const nowSeconds = Math.floor(nowMilliseconds / 1000);
      return {
        deliveries: Items.length,
        oldestSeconds: oldest === undefined ? 0 : nowSeconds - Number(oldest['dueAtSeconds']),
      };
    },

    async findLead(leadId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: leadRowKey(leadId), ConsistentRead: true }),
      );
      return Item as Lead | undefined;
    },

    listDeliveries,

    async reachOf(leadId, nowMilliseconds) {
      const channels: readonly string[] = LEAD_CHANNELS;
      const rows = (await listDeliveries(leadId)).filter(({ channel }) => channels.includes(channel));
      const openClaims = rows.flatMap((row) => [...(row.openClaims ?? [])]);
      if (openClaims.some((claimedAt) => claimedAt + LEASE_SECONDS * 1000 > nowMilliseconds)) return 'being-sent';
      const mayHaveReached = openClaims.length > 0 || rows.some(({ deliveredAt }) => deliveredAt !== undefined);
      return mayHaveReached ? 'reached' : 'not-reached';
    },
  };
}

function dueKeyOf(item: Record<string, unknown>): DeliveryKey {
  return deliveryKeyOf({ pk: String(item['pk']), sk: String(item['sk']) });
}
