import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Delivery, DeliveryKey } from '../outbox/delivery.ts';
import { deliveryRowKey, KEEP_BUYER_MAIL_SECONDS } from '../outbox/outbox-row.ts';

/** Deliveries whose mail SES took, as what it says of them later finds them: rows of the outbox table. */
export interface SentDeliveries {
  find(key: DeliveryKey): Promise<Delivery | undefined>;
  /**
   * Marks a delivery as failed after all, whether its sending has been noted yet or not.
   * @param sentAt when SES took the mail (RFC 3339 UTC with milliseconds): nothing is noted of one that was made due again since
   * @returns whether it is marked by this call
   */
  fail(key: DeliveryKey, reason: string, sentAt: string, nowMilliseconds: number): Promise<boolean>;
  /** Keeps a word on a delivery and leaves it as it stands. @param sentAt as for `fail` */
  remark(key: DeliveryKey, reason: string, sentAt: string): Promise<void>;
}

export function sentDeliveryTable(client: DynamoDBDocumentClient, tableName: string): SentDeliveries {
  async function updateIf(key: DeliveryKey, sentAt: string, set: string, values: Record<string, unknown>) {
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: deliveryRowKey(key),
          // created, or renewed ──sent──▶ what SES says of that mail; after another renewal it is of no account
          ConditionExpression: '#status IN (:pending, :delivered) AND createdAt <= :sentAt',
          UpdateExpression: set,
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: { ':pending': 'pending', ':delivered': 'delivered', ':sentAt': sentAt, ...values },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // The SDK sends again what was answered too late: then this very mark is there.
      const { status, settledAt } = error.Item ?? {};
      return status?.S === values[':failed'] && settledAt?.S === values[':at'];
    }
  }

  return {
    async find(key) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: deliveryRowKey(key), ConsistentRead: true }),
      );
      return Item as Delivery | undefined;
    },

    async fail(key, reason, sentAt, nowMilliseconds) {
      const expires = key.group.startsWith('mail#');
      return updateIf(
        key,
        sentAt,
        [
          'SET #status = :failed, lastError = :reason, settledAt = :at',
          expires ? ', expiresAtSeconds = if_not_exists(expiresAtSeconds, :expiresAt)' : '',
          ' REMOVE due',
        ].join(''),
        {
          ':failed': 'failed',
          ':reason': reason,
          ':at': new Date(nowMilliseconds).toISOString(),
          ...(expires && { ':expiresAt': Math.floor(nowMilliseconds / 1000) + KEEP_BUYER_MAIL_SECONDS }),
        },
      );
    },

    async remark(key, reason, sentAt) {
      await updateIf(key, sentAt, 'SET lastError = :reason', { ':reason': reason });
    },
  };
}
