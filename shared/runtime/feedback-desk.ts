import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { FACT_TABLE, factTable } from '../counts/fact-table.ts';
import type { FeedbackDesk } from '../mail-feedback/note-mail-feedback.ts';
import { sentDeliveryTable } from '../mail-feedback/sent-delivery-table.ts';
import { endpointBlocks } from '../outbox/endpoint-block-table.ts';
import { OUTBOX_TABLE, outboxTable } from '../outbox/outbox-table.ts';
import { RESERVATION_TABLE, reservationTable } from '../reservations/reservation-table.ts';
import { documentClient } from './dynamodb-client.ts';
import { requireEnvironment } from './environment.ts';

/** Makes, at cold start, what SES's feedback works with. @throws Error naming a missing environment variable */
export function feedbackDesk(): FeedbackDesk {
  const client = documentClient();
  const outboxName = requireEnvironment(OUTBOX_TABLE.environmentVariable);
  const outbox = outboxTable(client, outboxName);
  const blocks = endpointBlocks(client, outboxName);
  const facts = factTable(client, requireEnvironment(FACT_TABLE.environmentVariable));
  const tableName = requireEnvironment(RESERVATION_TABLE.environmentVariable);
  return {
    deliveries: sentDeliveryTable(client, outboxName),
    reservations: reservationTable(client, tableName, { facts, outbox }),
    blockAddress: (dealerId, channel, address) => blocks.block({ dealerId, channel, address }, 'bounced', Date.now()),
    nowMilliseconds: Date.now,
    newId: randomUUID,
    pause: (tries) => delay(randomInt(25 * 2 ** tries)),
  };
}
