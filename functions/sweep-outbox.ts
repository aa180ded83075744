import type { Context } from 'aws-lambda';
import type { DeliveryKey } from '../shared/outbox/delivery.ts';
import { RUN_MILLISECONDS, type RunResult, sweepOutbox } from '../shared/outbox/dispatch-run.ts';
import { dispatchDesk } from '../shared/runtime/desks.ts';
import { logDispatched } from '../shared/runtime/dispatch-log.ts';
import { beginInvocation } from '../shared/runtime/log.ts';
import { METRICS, measure } from '../shared/runtime/metrics.ts';

const openDesk = dispatchDesk();

/** On a schedule: sends what is due and was missed, put off, or left by a sender that died. */
export async function handler(_: unknown, context: Context): Promise<void> {
  beginInvocation({ invocationId: context.awsRequestId });
  const untilMilliseconds = Date.now() + RUN_MILLISECONDS;
  const desk = await openDesk();
  const failures: unknown[] = [];
  const report = (key: DeliveryKey, result: RunResult) => {
    logDispatched(key, result);
    if ('thrown' in result) failures.push(result.thrown);
  };
  await sweepOutbox({ desk, untilMilliseconds, report });
  const { deliveries, oldestSeconds } = await desk.outbox.backlog(Date.now());
  measure({ [METRICS.deliveriesDue]: deliveries, [METRICS.oldestDueSeconds]: oldestSeconds });
  // One that fails must not keep the others; the run as a whole still counts as failed.
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} deliveries failed`);
}
