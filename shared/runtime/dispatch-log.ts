import { DELIVERY_GIVEN_UP } from '../mail-feedback/alarm-lines.ts';
import type { DeliveryKey } from '../outbox/delivery.ts';
import type { RunResult } from '../outbox/dispatch-run.ts';
import { log } from './log.ts';

/** Logs how a delivery went. An alarm listens for the line of one that is given up. */
export function logDispatched({ group, channel }: DeliveryKey, result: RunResult): void {
  const delivery = {
    deliveryId: group,
    channel,
    ...(result.causedBy !== undefined && { causedBy: result.causedBy }),
  };
  if ('thrown' in result) {
    log('error', 'dispatch failed', delivery, result.thrown);
    return;
  }
  log('info', 'dispatched', { ...delivery, outcome: result.outcome });
  if (result.outcome === 'failed') log('error', DELIVERY_GIVEN_UP, delivery);
}
