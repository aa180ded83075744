import type { Context } from 'aws-lambda';
import { COUNTS_DRIFT } from '../shared/counts/alarm-lines.ts';
import { type Audit, auditCounts, hasDrift } from '../shared/counts/audit-counts.ts';
import { FACT_TABLE, factTable } from '../shared/counts/fact-table.ts';
import { ROLLUP_TABLE, rollupTable } from '../shared/counts/rollup-table.ts';
import { RESERVATION_TABLE } from '../shared/reservations/reservation-table.ts';
import { standingReservations } from '../shared/reservations/standing-table.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { beginInvocation, log } from '../shared/runtime/log.ts';

const client = documentClient();
const facts = factTable(client, requireEnvironment(FACT_TABLE.environmentVariable));
const rollups = rollupTable(client, requireEnvironment(ROLLUP_TABLE.environmentVariable));
const reservationTableName = requireEnvironment(RESERVATION_TABLE.environmentVariable);

export async function handler(_: unknown, context: Context): Promise<Audit> {
  beginInvocation({ invocationId: context.awsRequestId });
  const audit = await auditCounts({
    facts,
    rollups,
    standings: () => standingReservations(client, reservationTableName),
  });
  const { reservations, periods, drift } = audit;
  const isOff = hasDrift(drift);
  log(isOff ? 'error' : 'info', isOff ? COUNTS_DRIFT : 'counts audited', {
    reservations,
    periods,
    driftGroups: drift.groups,
    driftActive: drift.active,
    driftWithdrawn: drift.withdrawn,
    driftRollups: drift.rollups,
  });
  if (isOff) throw new Error('the counts are not those of the reservations');
  return audit;
}
