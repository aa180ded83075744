import { DeleteCommand, type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { type DeliveryChannel, type DeliveryKey, LEAD_CHANNELS, type Lead } from './delivery.ts';
import { deliveryKeyOf, deliveryRowKey } from './outbox-row.ts';

/** A lead of the ledger, and the notices that it is closed, sent or still to be sent. */
export interface HeldLead extends Pick<Lead, 'id' | 'reservationId' | 'reservationNumber' | 'dealerId' | 'createdAt'> {
  readonly closings: readonly DeliveryKey[];
  /** The version of the reservation that the store was to be sent last; 0 when nothing tells. */
  readonly sentVersion: number;
}

/** The ledger as recovery reads it, beside the outbox's own table. */
export interface HeldLeads {
  /** Every lead, strongly consistent. */
  read(): Promise<ReadonlyMap<string, HeldLead>>;
  /** Takes a notice out of the outbox, so that the lead can be closed once more. */
  deleteClosing(key: DeliveryKey): Promise<void>;
}

const CLOSINGS: readonly DeliveryChannel[] = ['lead-closed-mail', 'lead-closed-webhook'];
const HANDOVERS: readonly DeliveryChannel[] = LEAD_CHANNELS;

export function heldLeads(client: DynamoDBDocumentClient, tableName: string): HeldLeads {
  return {
    async read() {
      const leads = new Map<string, Lead>();
      const closings = new Map<string, DeliveryKey[]>();
      const versions = new Map<string, number>();
      const pages = paginateScan(
        { client },
        {
          TableName: tableName,
          ConsistentRead: true,
          FilterExpression: 'begins_with(pk, :leads)',
          ExpressionAttributeValues: { ':leads': 'lead#' },
        },
      );
      for await (const { Items = [] } of pages) {
        for (const item of Items) {
          const group = String(item['pk']);
          if (item['sk'] === 'lead') {
            leads.set(group, item as unknown as Lead);
            continue;
          }
          const key = deliveryKeyOf({ pk: group, sk: String(item['sk']) });
          if (CLOSINGS.includes(key.channel)) closings.set(group, [...(closings.get(group) ?? []), key]);
          if (HANDOVERS.includes(key.channel)) {
            versions.set(group, Math.max(versions.get(group) ?? 0, Number(item['reservationVersion'])));
          }
        }
      }
      return new Map(
        [...leads].map(([group, { id, reservationId, reservationNumber, dealerId, createdAt }]) => [
          id,
          {
            ...{ id, reservationId, reservationNumber, dealerId, createdAt },
            closings: closings.get(group) ?? [],
            sentVersion: versions.get(group) ?? 0,
          },
        ]),
      );
    },

    async deleteClosing(key) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: deliveryRowKey(key) }));
    },
  };
}
