import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Lead } from './delivery.ts';
import { LEDGER, leadRowKey } from './outbox-row.ts';
import { OUTBOX_TABLE } from './outbox-table.ts';

export interface LeadPage {
  readonly leads: readonly Lead[];
  /** Where the next page begins; `undefined` on the last one. */
  readonly next: string | undefined;
}

/** Which leads, newest first. */
export interface LeadRange {
  readonly dealerId?: string | undefined;
  /** `next` of the page before. */
  readonly before?: string | undefined;
}

/** The ledger's rows of leads, which the outbox table keeps beside their deliveries. */
export interface LeadLedger {
  /** A page, newest first. Eventually consistent: a lead shows within a moment. */
  page(range: LeadRange, limit: number): Promise<LeadPage>;
  /** All leads since a moment (RFC 3339 UTC). Eventually consistent. */
  since(from: string, dealerId: string | undefined): Promise<readonly Lead[]>;
  /** Notes when a lead was taken on; the first time counts. @returns it as it stands; `undefined` when there is no such lead */
  acknowledge(leadId: string, at: string): Promise<Lead | undefined>;
}

/** `<created at>#<lead id>`: what a cursor may be. */
export const LEDGER_KEY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-f-]{36}$/;

export function leadLedger(client: DynamoDBDocumentClient, tableName: string): LeadLedger {
  /** The index of all leads, or the one of a store's. */
  const queryOf = (dealerId: string | undefined, condition: string, bound: string): QueryCommandInput => {
    const { name, partitionKey, sortKey } =
      dealerId === undefined ? OUTBOX_TABLE.ledgerIndex : OUTBOX_TABLE.dealerLedgerIndex;
    return {
      TableName: tableName,
      IndexName: name,
      KeyConditionExpression: `#pk = :pk AND #sk ${condition} :bound`,
      ExpressionAttributeNames: { '#pk': partitionKey, '#sk': sortKey },
      ExpressionAttributeValues: { ':pk': dealerId ?? LEDGER, ':bound': bound },
    };
  };

  return {
    async page({ dealerId, before = '~' }, limit) {
      // One more than asked for tells whether there is another page.
      const { Items = [] } = await client.send(
        new QueryCommand({ ...queryOf(dealerId, '<', before), ScanIndexForward: false, Limit: limit + 1 }),
      );
      const rows = Items.slice(0, limit);
      const next = Items.length > limit ? rows.at(-1)?.[OUTBOX_TABLE.ledgerIndex.sortKey] : undefined;
      return { leads: rows as unknown as Lead[], next };
    },

    async since(from, dealerId) {
      const leads: Lead[] = [];
      for await (const page of paginateQuery({ client }, queryOf(dealerId, '>=', from))) {
        leads.push(...((page.Items ?? []) as unknown as Lead[]));
      }
      return leads;
    },

    async acknowledge(leadId, at) {
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: leadRowKey(leadId),
            ConditionExpression: 'attribute_exists(pk)',
            UpdateExpression: 'SET acknowledgedAt = if_not_exists(acknowledgedAt, :at)',
            ExpressionAttributeValues: { ':at': at },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return Attributes as unknown as Lead;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
  };
}
