import { DeleteCommand, type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Lead } from './delivery.ts';
import { type DeliveryKey, deliveryKeyOf } from './outbox-table.ts';

/** A lead of the ledger, and the notices that it is closed, sent or still to be sent. */
export interface HeldLead extends Pick<Lead, 'id' | 'reservationId' | 'reservationNumber' | 'dealerId' | 'createdAt'> {
  readonly closings: readonly DeliveryKey[];
}

/** The ledger as recovery reads it, beside the outbox's own table. */
export interface HeldLeads {
  /** Every lead, strongly consistent. */
  read(): Promise<ReadonlyMap<string, HeldLead>>;
  /** Takes a notice out of the outbox, so that the lead can be closed once more. */
  deleteClosing(key: DeliveryKey): Promise<void>;
}

export function heldLeads(client: DynamoDBDocumentClient, tableName: string): HeldLeads {
  return {
    async read() {
      const leads = new Map<string, HeldLead>();
      const closings = new Map<string, DeliveryKey[]>();
      const pages = paginateScan(
        { client },
        {
          TableName: tableName,
          ConsistentRead: true,
          FilterExpression: 'sk = :lead OR begins_with(sk, :closing)',
          ExpressionAttributeValues: { ':lead': 'lead', ':closing': 'delivery#lead-closed-' },
        },
      );
      for await (const { Items = [] } of pages) {
        for (const item of Items) {
          const { pk, sk } = item;
          if (sk === 'lead') {
            const { id, reservationId, reservationNumber, dealerId, createdAt } = item as Lead & typeof item;
            leads.set(String(pk), { id, reservationId, reservationNumber, dealerId, createdAt, closings: [] });
          } else {
            closings.set(String(pk), [...(closings.get(String(pk)) ?? []), deliveryKeyOf({ pk, sk })]);
          }
        }
      }
      return new Map(
        [...leads].map(([group, lead]) => [lead.id, { ...lead, closings: closings.get(group) ?? [] }] as const),
      );
    },

    async deleteClosing({ group, channel }) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: { pk: group, sk: `delivery#${channel}` } }));
    },
  };
}
