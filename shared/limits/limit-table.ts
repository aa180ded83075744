import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, type TransactWriteCommandInput, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Limit, windowOf } from './limit.ts';

/** What the deployment needs to know of the table: counters that are gone after a day, of nothing that names anyone. */
export const LIMIT_TABLE = {
  environmentVariable: 'LIMIT_TABLE_NAME',
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAtSeconds',
} as const;

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export interface LimitTable {
  /**
   * Counts one more for a subject, unless its window is full.
   * @param subject a keyed hash; never an address itself
   * @returns seconds until the window ends when it is full, `undefined` when it was counted
   */
  take(limit: Limit, subject: string, nowMilliseconds: number): Promise<number | undefined>;
  /** The part of a transaction that counts one more for a subject, and refuses the whole when its window is full. */
  addition(limit: Limit, subject: string, nowMilliseconds: number): TransactItem;
}

export function limitTable(client: DynamoDBDocumentClient, tableName: string): LimitTable {
  const oneMore = (limit: Limit, subject: string, nowMilliseconds: number) => {
    const { startSeconds, endSeconds } = windowOf(limit, nowMilliseconds);
    return {
      TableName: tableName,
      Key: { pk: `${limit.of}#${subject}`, sk: `${limit.windowSeconds}#${startSeconds}` },
      ConditionExpression: 'attribute_not_exists(hits) OR hits < :most',
      UpdateExpression: 'SET expiresAtSeconds = :end ADD hits :one',
      ExpressionAttributeValues: { ':most': limit.most, ':end': endSeconds, ':one': 1 },
    };
  };

  return {
    async take(limit, subject, nowMilliseconds) {
      try {
        await client.send(new UpdateCommand(oneMore(limit, subject, nowMilliseconds)));
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return Math.max(1, windowOf(limit, nowMilliseconds).endSeconds - Math.floor(nowMilliseconds / 1000));
      }
    },

    addition: (limit, subject, nowMilliseconds) => ({ Update: oneMore(limit, subject, nowMilliseconds) }),
  };
}
