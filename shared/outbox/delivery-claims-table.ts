import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import {
  backoffSeconds,
  type ClaimedDelivery,
  type DeliveryKey,
  type DeliveryOutcome,
  type DeliveryStatus,
} from './delivery.ts';
import { deliveryRowKey, deliveryRowOf, KEEP_BUYER_MAIL_SECONDS } from './outbox-row.ts';

/** Longer than any sender's time-out: after it the one who claimed it is taken for dead. */
export const LEASE_SECONDS = 120;

/** How senders share the deliveries: whoever claims one holds it, and notes how its try ended. */
export interface DeliveryClaims {
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
}

/** The claims, on the deliveries' own rows. */
export function deliveryClaims(client: DynamoDBDocumentClient, tableName: string): DeliveryClaims {
  return {
    async claim(key, nowMilliseconds) {
      const nowSeconds = Math.floor(nowMilliseconds / 1000);
      // due ──claim──▶ due again when the lease ends, unless settled before
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: deliveryRowKey(key),
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
        return { ...deliveryRowOf(Attributes), claimedAtMilliseconds: nowMilliseconds };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },

    async settle(claimed, outcome, nowMilliseconds) {
      const nowSeconds = Math.floor(nowMilliseconds / 1000);
      const settledAt = new Date(nowMilliseconds).toISOString();
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
            Key: deliveryRowKey(claimed),
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
              ':at': settledAt,
              ':dueAt': nowSeconds + (wait ?? 0),
              ...('reason' in outcome && { ':reason': outcome.reason }),
              ...(expires && { ':expiresAt': nowSeconds + KEEP_BUYER_MAIL_SECONDS }),
              ...(isKnown && claim),
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return status;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The SDK sends again what was answered too late: then this very end is noted.
        if (error.Item?.['settledAt']?.S === settledAt && error.Item['status']?.S === status) return status;
      }
      if (!isKnown) return 'superseded';
      // What was handed over was handed over, whoever holds the delivery now.
      try {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: deliveryRowKey(claimed),
            ConditionExpression: 'attribute_exists(pk)',
            UpdateExpression: `${status === 'delivered' ? 'SET deliveredAt = :at ' : ''}DELETE openClaims :claim`,
            ExpressionAttributeValues: {
              ...(status === 'delivered' && { ':at': settledAt }),
              ...claim,
            },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
      return 'superseded';
    },
  };
}
