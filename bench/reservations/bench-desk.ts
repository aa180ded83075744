import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { factTable } from '../../shared/counts/fact-table.ts';
import { dealerTable } from '../../shared/dealers/dealer-table.ts';
import { openGazetteer } from '../../shared/gazetteer/gazetteer.ts';
import { limitTable } from '../../shared/limits/limit-table.ts';
import type { DispatchDesk } from '../../shared/outbox/dispatch-desk.ts';
import { outboxTable } from '../../shared/outbox/outbox-table.ts';
import { reservationTable } from '../../shared/reservations/reservation-table.ts';
import type { SubmissionDesk } from '../../shared/reservations/submit-interest.ts';
import type { TableName } from './locator-tables.ts';

export type BenchDesk = SubmissionDesk & DispatchDesk;

const GAZETTEER = join(import.meta.dirname, '..', '..', 'data', 'gazetteer', 'gazetteer.bin');

/** All that a function's instance has, on the bench's tables, with a clock that is set. Mails go nowhere. */
export function openBenchDesk(client: DynamoDBDocumentClient, clock: { now: number }): BenchDesk {
  const named = (name: TableName): TableName => name;
  const facts = factTable(client, named('facts'));
  const outbox = outboxTable(client, named('outbox'));
  return {
    outbox,
    reservations: reservationTable(client, named('reservations'), { facts, outbox }),
    limits: limitTable(client, named('limits')),
    // Its clock stands still: the index is read once, by the first form, and never again.
    dealers: dealerTable(client, named('dealers'), () => 0),
    gazetteer: openGazetteer(readFileSync(GAZETTEER)),
    pepper: { version: 1, secret: 'a pepper for the bench, and for nothing else' },
    signingKeys: [{ id: 'k1', secret: 'a secret for the bench, and for nothing else' }],
    leadTimes: { remindAfterSeconds: 24 * 3600, escalateAfterSeconds: 48 * 3600 },
    nowMilliseconds: () => clock.now,
    newId: randomUUID,
    randomBytes,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    siteUrl: 'https://alpine.example',
    fallbackLeadEmail: 'leads@fallback.example',
    escalationEmail: 'group@stores.example',
    chance: () => 0,
    awaitMailTurn: async () => ({ giveBack() {} }),
    postWebhook: async () => ({ kind: 'delivered' }),
    sendMail: async () => undefined,
    reportFault(error) {
      throw error;
    },
  };
}
