import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { StageConfig } from '../infra/stage-config.ts';
import { factTable } from '../shared/counts/fact-table.ts';
import { dealerTable } from '../shared/dealers/dealer-table.ts';
import { heldLeads } from '../shared/outbox/held-leads-table.ts';
import { outboxTable } from '../shared/outbox/outbox-table.ts';
import type { RecoveryDesk } from '../shared/recovery/recovery.ts';
import { heldTable } from '../shared/reservations/held-table.ts';
import { reservationTable } from '../shared/reservations/reservation-table.ts';

export const RECOVERY_TABLES = ['reservations', 'facts', 'outbox', 'dealers'] as const;
export type RecoveryTableNames = Readonly<Record<(typeof RECOVERY_TABLES)[number], string>>;

const HOUR_SECONDS = 3600;
interface DeskSettings {
  /** The stage's: leads that are handed over again are reminded of as late as others. */
  readonly leadHours: StageConfig['leadHours'];
  readonly nowMilliseconds?: () => number;
}

/** Recovery's desk on these tables. */
export function openRecoveryDesk(
  client: DynamoDBDocumentClient,
  names: RecoveryTableNames,
  { leadHours, nowMilliseconds = Date.now }: DeskSettings,
): RecoveryDesk {
  const facts = factTable(client, names.facts);
  const outbox = outboxTable(client, names.outbox);
  return {
    reservations: reservationTable(client, names.reservations, { facts, outbox }),
    held: heldTable(client, names.reservations),
    facts,
    async putItems(items) {
      if (items.length > 0) await client.send(new TransactWriteCommand({ TransactItems: [...items] }));
    },
    outbox,
    leads: heldLeads(client, names.outbox),
    dealers: dealerTable(client, names.dealers, nowMilliseconds),
    leadTimes: {
      remindAfterSeconds: leadHours.reminder * HOUR_SECONDS,
      escalateAfterSeconds: leadHours.escalation * HOUR_SECONDS,
    },
    nowMilliseconds,
    newId: randomUUID,
  };
}
