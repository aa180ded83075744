import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { DeliveryKey } from '../shared/outbox/delivery.ts';
import { dispatchAll, RUN_MILLISECONDS, type RunResult } from '../shared/outbox/dispatch-run.ts';
import { deliveryKeyOf } from '../shared/outbox/outbox-row.ts';
import { dispatchDesk } from '../shared/runtime/desks.ts';
import { logDispatched } from '../shared/runtime/dispatch-log.ts';
import { beginInvocation } from '../shared/runtime/log.ts';

const openDesk = dispatchDesk();

/** The outbox table's stream: what was just committed goes out at once. What there is no time for is left to the sweep. */
export async function handler(event: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> {
  beginInvocation({ invocationId: context.awsRequestId });
  const startMilliseconds = Date.now();
  const desk = await openDesk();
  // A row that was written twice comes twice.
  const recordOf = new Map<string, { key: DeliveryKey; record: DynamoDBRecord }>();
  for (const record of event.Records) {
    // Reminders are for later.
    if (dueAtSecondsOf(record) * 1000 > startMilliseconds) continue;
    const key = keyOf(record);
    recordOf.set(nameOf(key), { key, record });
  }
  const failures: { itemIdentifier: string }[] = [];
  const report = (key: DeliveryKey, result: RunResult) => {
    logDispatched(key, result);
    if (!('thrown' in result)) return;
    failures.push({ itemIdentifier: recordOf.get(nameOf(key))?.record.dynamodb?.SequenceNumber ?? '' });
  };
  const keys = [...recordOf.values()].map(({ key }) => key);
  await dispatchAll(keys, { desk, untilMilliseconds: startMilliseconds + RUN_MILLISECONDS, report });
  return { batchItemFailures: failures };
}

function keyOf({ dynamodb }: DynamoDBRecord): DeliveryKey {
  return deliveryKeyOf({ pk: dynamodb?.Keys?.['pk']?.S ?? '', sk: dynamodb?.Keys?.['sk']?.S ?? '' });
}

function nameOf({ group, channel }: DeliveryKey): string {
  return `${group} ${channel}`;
}

function dueAtSecondsOf({ dynamodb }: DynamoDBRecord): number {
  return Number(dynamodb?.NewImage?.['dueAtSeconds']?.N ?? 0);
}
