import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  backoffSeconds,
  type Delivery,
  type DeliveryChannel,
  type DeliveryStatus,
  LEAD_CHANNELS,
  type Lead,
} from './delivery.ts';
import { type EndpointBlocks, endpointBlocks } from './endpoint-block-table.ts';

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

/** The one partition of the ledger's index. */
export const LEDGER = 'lead';

/**
 * The stream's filter for rows that nobody has tried to send yet, new or renewed (Lambda's event filtering syntax). Deleted rows have
 * no new image.
 */
export const NEW_DELIVERY_FILTER = {
  dynamodb: { NewImage: { status: { S: ['pending'] }, attempts: { N: ['0'] } } },
};

const DELIVERY_PREFIX = 'delivery#';
const DUE = 'due';
/** Longer than any sender's time-out: after it the one who claimed it is taken for dead. */
const LEASE_SECONDS = 120;
/** Mails to buyers leave the outbox when they are done with; leads stay, they are the ledger. */
const KEEP_BUYER_MAIL_SECONDS = 30 * 24 * 3600;

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/**
 * How a try ended. `reason` is of our own words: never a customer's data, never a raw exception. `unanswered`: it was sent, and
 * nobody knows whether it was taken.
 */
export type DeliveryOutcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'cancelled'; readonly reason: string }
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly unanswered?: boolean;
      /** Seconds until the next try, if there is one; by the schedule when absent. */
      readonly waitSeconds?: number;
    }
  | { readonly kind: 'failed'; readonly reason: string };

export type DeliveryKey = Pick<Delivery, 'group' | 'channel'>;

/** A delivery that its holder alone sends. */
export interface ClaimedDelivery extends Delivery {
  /** Unix milliseconds: tells this claim from every other of the same delivery. */
  readonly claimedAtMilliseconds: number;
}

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

export interface OutboxTable extends EndpointBlocks {
  /** The parts of a transaction that add a lead's row and its deliveries. @param causedBy the request that does */
  additions(lead: Lead | undefined, deliveries: readonly Delivery[], causedBy?: string): TransactItem[];
  /** The parts of a transaction that make deliveries due once more, whatever became of them before. */
  renewals(deliveries: readonly Delivery[], causedBy?: string): TransactItem[];
  /** Makes deliveries due once more, all of them or none. */
  renew(deliveries: readonly Delivery[], causedBy?: string): Promise<void>;
  /**
   * Takes a delivery for sending, for two minutes: nobody else can meanwhile.
   * @returns it, or `undefined` when it is done, not due yet or claimed by another
   */
  claim(key: DeliveryKey, nowMilliseconds: number): Promise<ClaimedDelivery | undefined>;
  /**
   * Notes how a claimed delivery's try ended, and when it is due again.
   * @returns its status now; `superseded` when another has claimed it since, it was renewed or it is settled already: then
   * nothing is noted but that it was handed over, if it was
   */
  settle(
    claimed: ClaimedDelivery,
    outcome: DeliveryOutcome,
    nowMilliseconds: number,
  ): Promise<DeliveryStatus | 'superseded'>;
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

/** A delivery as its row holds it. */
interface DeliveryRow extends Delivery {
  /** When each claim was taken whose end nobody has noted, in Unix milliseconds: of senders at work, and of dead ones. */
  readonly openClaims?: ReadonlySet<number>;
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
    for await (const page of pages) rows.push(...(page.Items ?? []).map(rowOf));
    return rows;
  };

  const renewals = (deliveries: readonly Delivery[], causedBy?: string): TransactItem[] =>
    deliveries.map((delivery) => {
      const fields = Object.entries({ due: DUE, ...delivery, ...(causedBy !== undefined && { causedBy }) });
      return {
        Update: {
          TableName: tableName,
          Key: rowKey(delivery),
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

    additions(lead, deliveries, causedBy) {
      const rows = deliveries.map((delivery) => ({
        pk: delivery.group,
        sk: `${DELIVERY_PREFIX}${delivery.channel}`,
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

    async claim(key, nowMilliseconds) {
      const nowSeconds = Math.floor(nowMilliseconds / 1000);
      // due ──claim──▶ due again when the lease ends, unless settled before
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: rowKey(key),
            ConditionExpression: '#status = :pending AND dueAtSeconds <= :now',
            UpdateExpression: 'SET dueAtSeconds = :leaseEnd ADD attempts :one, openClaims :claim',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: {
              ':pending': 'pending',
              ':now': nowSeconds,
              ':leaseEnd': nowSeconds + LEASE_SECONDS,
              ':one': 1,
              ':claim': new Set([nowMilliseconds]),
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return { ...rowOf(Attributes), claimedAtMilliseconds: nowMilliseconds };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },

    async settle(claimed, outcome, nowMilliseconds) {
      const nowSeconds = Math.floor(nowMilliseconds / 1000);
      const scheduled = outcome.kind === 'retry' ? backoffSeconds(claimed.attempts) : undefined;
      const wait = outcome.kind === 'retry' && scheduled !== undefined ? (outcome.waitSeconds ?? scheduled) : undefined;
      const status = outcome.kind === 'retry' ? (wait === undefined ? 'failed' : 'pending') : outcome.kind;
      const done = status !== 'pending';
      const expires = done && claimed.leadId === null;
      const isKnown = outcome.kind !== 'retry' || outcome.unanswered !== true;
      const claim = { ':claim': new Set([claimed.claimedAtMilliseconds]) };
      try {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: rowKey(claimed),
            // Only the one who holds the claim settles it: a claim sets attempts, a renewal the rest.
            ConditionExpression:
              '#status = :pending AND attempts = :attempts AND reservationVersion = :version AND createdAt = :createdAt',
            UpdateExpression: [
              'SET #status = :status, settledAt = :at, dueAtSeconds = :dueAt',
              status === 'delivered' ? ', deliveredAt = :at' : '',
              'reason' in outcome ? ', lastError = :reason' : '',
              expires ? ', expiresAtSeconds = :expiresAt' : '',
              done ? ' REMOVE due' : '',
              isKnown ? ' DELETE openClaims :claim' : '',
            ].join(''),
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: {
              ':pending': 'pending',
              ':attempts': claimed.attempts,
              ':version': claimed.reservationVersion,
              ':createdAt': claimed.createdAt,
              ':status': status,
              ':at': new Date(nowMilliseconds).toISOString(),
              ':dueAt': nowSeconds + (wait ?? 0),
              ...('reason' in outcome && { ':reason': outcome.reason }),
              ...(expires && { ':expiresAt': nowSeconds + KEEP_BUYER_MAIL_SECONDS }),
              ...(isKnown && claim),
            },
          }),
        );
        return status;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
      if (!isKnown) return 'superseded';
      // What was handed over was handed over, whoever holds the delivery now.
      try {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: rowKey(claimed),
            ConditionExpression: 'attribute_exists(pk)',
            UpdateExpression: `${status === 'delivered' ? 'SET deliveredAt = :at ' : ''}DELETE openClaims :claim`,
            ExpressionAttributeValues: {
              ...(status === 'delivered' && { ':at': new Date(nowMilliseconds).toISOString() }),
              ...claim,
            },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
      return 'superseded';
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

export function leadRowKey(leadId: string): { pk: string; sk: string } {
  return { pk: `lead#${leadId}`, sk: 'lead' };
}

function leadRow(lead: Lead) {
  const ledgerKey = `${lead.createdAt}#${lead.id}`;
  return { ...leadRowKey(lead.id), ledger: LEDGER, dealerLedger: lead.dealerId, ledgerKey, ...lead };
}

/** The delivery that a row's keys name, as the stream and the index give them. */
export function deliveryKeyOf(keys: { readonly pk: string; readonly sk: string }): DeliveryKey {
  return { group: keys.pk, channel: keys.sk.slice(DELIVERY_PREFIX.length) as DeliveryChannel };
}

function dueKeyOf(item: Record<string, unknown>): DeliveryKey {
  return deliveryKeyOf({ pk: String(item['pk']), sk: String(item['sk']) });
}

function rowKey(key: DeliveryKey): { pk: string; sk: string } {
  return { pk: key.group, sk: `${DELIVERY_PREFIX}${key.channel}` };
}

/** Rows are written by this module alone, so their shape is known. */
function rowOf(item: Record<string, unknown> | undefined): DeliveryRow {
  return item as unknown as DeliveryRow;
}
