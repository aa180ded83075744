import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { FactDimensions } from '../counts/fact.ts';
import type { Reservation } from './reservation.ts';

/** A reservation as the audit of the counts sees it: nothing of the person. */
export interface Standing {
  readonly status: Reservation['status'];
  /** Absent once withdrawn. */
  readonly dimensions?: FactDimensions;
}

/** The attributes that the audit is granted, the keys among them as DynamoDB asks. Keys are random ids and keyed hashes. */
export const STANDING_ATTRIBUTES = ['pk', 'sk', 'status', 'dimensions'] as const;

/** Every reservation, each as it stood at some moment of the scan: rows of the reservations table, strongly consistent. */
export async function* standingReservations(
  client: DynamoDBDocumentClient,
  tableName: string,
): AsyncGenerator<readonly Standing[]> {
  const pages = paginateScan(
    { client },
    {
      TableName: tableName,
      ConsistentRead: true,
      // Named beside the expression: without it the grant is refused.
      Select: 'SPECIFIC_ATTRIBUTES',
      ProjectionExpression: 'sk, #status, dimensions',
      FilterExpression: 'sk = :state',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':state': 'state' },
    },
  );
  for await (const { Items = [] } of pages) {
    yield Items.map(({ status, dimensions }) => ({ status, ...(dimensions && { dimensions }) }));
  }
}
