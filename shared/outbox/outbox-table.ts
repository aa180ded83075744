import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  paginateQuery,
  QueryCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { backoffSeconds, type Delivery, type DeliveryChannel, type DeliveryStatus, type Lead } from './delivery.ts';

/** What the deployment needs to know of the table. Its stream carries new images. */
export const OUTBOX_TABLE = {
  environmentVariable: 'OUTBOX_TABLE_NAME',
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAtSeconds',
  /** Sparse: only deliveries still to be sent are in it. */
  dueIndex: { name: 'due', partitionKey: 'due', sortKey: 'dueAtSeconds' },
} as const;

/** The stream's filter for rows that are to be sent for the first time (Lambda's event filtering syntax). */
export const NEW_DELIVERY_FILTER = {
  eventName: ['INSERT'],
  dynamodb: { NewImage: { status: { S: ['pending'] } } },
};

const DELIVERY_PREFIX = 'delivery#';
const DUE = 'due';
/** Longer than any sender's time-out: after it the one who claimed it is taken for dead. */
const LEASE_SECONDS = 120;
/** Mails to buyers leave the outbox when they are done with; leads stay, they are the ledger. */
const KEEP_BUYER_MAIL_SECONDS = 30 * 24 * 3600;

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** How a try ended. `reason` is of our own words: never a customer's data, never a raw exception. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'cancelled'; readonly reason: string }
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

export type DeliveryKey = Pick<Delivery, 'group' | 'channel'>;

export interface OutboxTable {
  /** The parts of a transaction that add a lead's row and its deliveries. */
  additions(lead: Lead | undefined, deliveries: readonly Delivery[]): TransactItem[];
  /**
   * Takes a delivery for sending, for two minutes: nobody else can meanwhile.
   * @returns it, or `undefined` when it is done, not due yet or claimed by another
   */
  claim(key: DeliveryKey, nowMilliseconds: number): Promise<Delivery | undefined>;
  /**
   * Notes how a claimed delivery's try ended, and when it is due again.
   * @returns its status now; `superseded`, with nothing noted, when another has claimed it since or it is settled already
   */
  settle(claimed: Delivery, outcome: DeliveryOutcome, nowMilliseconds: number): Promise<DeliveryStatus | 'superseded'>;
  /** Deliveries that are due, the longest due first, at most `limit`. */
  listDue(nowMilliseconds: number, limit: number): Promise<readonly DeliveryKey[]>;
  /** All deliveries of a lead. */
  listDeliveries(leadId: string): Promise<readonly Delivery[]>;
}

export function outboxTable(client: DynamoDBDocumentClient, tableName: string): OutboxTable {
  return {
    additions(lead, deliveries) {
      const rows = deliveries.map((delivery) => ({
        pk: delivery.group,
        sk: `${DELIVERY_PREFIX}${delivery.channel}`,
        due: DUE,
        ...delivery,
      }));
      const all = lead === undefined ? rows : [{ pk: `lead#${lead.id}`, sk: 'lead', ...lead }, ...rows];
      return all.map((Item) => ({
        Put: { TableName: tableName, Item, ConditionExpression: 'attribute_not_exists(pk)' },
      }));
    },

    async claim(key, nowMilliseconds) {
      const nowSeconds = Math.floor(nowMilliseconds / 1000);
      // due ──claim──▶ due again when the lease ends, unless settled before
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: rowKey(key),
            ConditionExpression: '#status = :pending AND dueAtSeconds <= :now',
            UpdateExpression: 'SET dueAtSeconds = :leaseEnd ADD attempts :one',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: {
              ':pending': 'pending',
              ':now': nowSeconds,
              ':leaseEnd': nowSeconds + LEASE_SECONDS,
              ':one': 1,
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return deliveryOf(Attributes);
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },

    async settle(claimed, outcome, nowMilliseconds) {
      const nowSeconds = Math.floor(nowMilliseconds / 1000);
      const wait = outcome.kind === 'retry' ? backoffSeconds(claimed.attempts) : undefined;
      const status = outcome.kind === 'retry' ? (wait === undefined ? 'failed' : 'pending') : outcome.kind;
      const done = status !== 'pending';
      const expires = done && claimed.leadId === null;
      try {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: rowKey(claimed),
            // Only the one who holds the claim settles it: a claim sets dueAtSeconds and attempts.
            ConditionExpression: '#status = :pending AND attempts = :attempts',
            UpdateExpression: [
              'SET #status = :status, settledAt = :at, dueAtSeconds = :dueAt',
              'reason' in outcome ? ', lastError = :reason' : '',
              expires ? ', expiresAtSeconds = :expiresAt' : '',
              done ? ' REMOVE due' : '',
            ].join(''),
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: {
              ':pending': 'pending',
              ':attempts': claimed.attempts,
              ':status': status,
              ':at': new Date(nowMilliseconds).toISOString(),
              ':dueAt': nowSeconds + (wait ?? 0),
              ...('reason' in outcome && { ':reason': outcome.reason }),
              ...(expires && { ':expiresAt': nowSeconds + KEEP_BUYER_MAIL_SECONDS }),
            },
          }),
        );
        return status;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'superseded';
        throw error;
      }
    },

    async listDue(nowMilliseconds, limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: OUTBOX_TABLE.dueIndex.name,
          KeyConditionExpression: 'due = :due AND dueAtSeconds <= :now',
          ExpressionAttributeValues: { ':due': DUE, ':now': Math.floor(nowMilliseconds / 1000) },
          Limit: limit,
        }),
      );
      return Items.map((item) => deliveryKeyOf({ pk: String(item['pk']), sk: String(item['sk']) }));
    },

    async listDeliveries(leadId) {
      const deliveries: Delivery[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :delivery)',
          ExpressionAttributeValues: { ':pk': `lead#${leadId}`, ':delivery': DELIVERY_PREFIX },
        },
      );
      for await (const page of pages) deliveries.push(...(page.Items ?? []).map(deliveryOf));
      return deliveries;
    },
  };
}

/** The delivery that a row's keys name, as the stream and the index give them. */
export function deliveryKeyOf(keys: { readonly pk: string; readonly sk: string }): DeliveryKey {
  return { group: keys.pk, channel: keys.sk.slice(DELIVERY_PREFIX.length) as DeliveryChannel };
}

function rowKey(key: DeliveryKey): { pk: string; sk: string } {
  return { pk: key.group, sk: `${DELIVERY_PREFIX}${key.channel}` };
}

/** Rows are written by this module alone, so their shape is known. */
function deliveryOf(item: Record<string, unknown> | undefined): Delivery {
  return item as unknown as Delivery;
}
