import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { deliveryKeyOf } from '../shared/outbox/outbox-table.ts';
import { dispatch } from '../shared/outbox/send-delivery.ts';
import { dispatchDesk } from '../shared/runtime/desks.ts';
import { log } from '../shared/runtime/log.ts';

const openDesk = dispatchDesk();

/** The outbox table's stream: what was just committed goes out at once. */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const desk = await openDesk();
  const failures = await Promise.all(
    event.Records.map(async (record) => {
      const keys = record.dynamodb?.Keys;
      const key = deliveryKeyOf({ pk: keys?.['pk']?.S ?? '', sk: keys?.['sk']?.S ?? '' });
      try {
        const status = await dispatch(key, desk);
        log('info', 'dispatched', { deliveryId: key.group, channel: key.channel, outcome: status });
        return [];
      } catch (error) {
        log('error', 'dispatch failed', { deliveryId: key.group, channel: key.channel }, error);
        return [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }];
      }
    }),
  );
  return { batchItemFailures: failures.flat() };
}
