import { dispatch } from '../shared/outbox/send-delivery.ts';
import { dispatchDesk } from '../shared/runtime/desks.ts';
import { log } from '../shared/runtime/log.ts';

const BATCH = 100;
const openDesk = dispatchDesk();

/** On a schedule: sends what is due and was missed, put off, or left by a sender that died. */
export async function handler(): Promise<void> {
  const desk = await openDesk();
  const due = await desk.outbox.listDue(Date.now(), BATCH);
  const failures: unknown[] = [];
  for (const key of due) {
    try {
      const status = await dispatch(key, desk);
      log('info', 'dispatched', { deliveryId: key.group, channel: key.channel, outcome: status });
    } catch (error) {
      // One that fails must not keep the others; the run as a whole still counts as failed.
      log('error', 'dispatch failed', { deliveryId: key.group, channel: key.channel }, error);
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${due.length} deliveries failed`);
}
