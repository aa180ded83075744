import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { ROLL_UP_BEHIND } from '../shared/counts/alarm-lines.ts';
import { FACT_TABLE, factTable } from '../shared/counts/fact-table.ts';
import { HeadMoved } from '../shared/counts/head.ts';
import { rollUp } from '../shared/counts/roll-up.ts';
import { ROLLUP_TABLE, rollupTable } from '../shared/counts/rollup-table.ts';
import { documentClient } from '../shared/runtime/dynamodb-client.ts';
import { requireEnvironment } from '../shared/runtime/environment.ts';
import { beginInvocation, log } from '../shared/runtime/log.ts';

const client = documentClient();
const facts = factTable(client, requireEnvironment(FACT_TABLE.environmentVariable));
const rollups = rollupTable(client, requireEnvironment(ROLLUP_TABLE.environmentVariable));

/** A month's roll-up takes some seconds; what is begun is finished. */
const FOR_THE_LAST_STEP_MS = 60_000;

export async function handler(_: unknown, context: Context): Promise<void> {
  beginInvocation({ invocationId: context.awsRequestId });
  const desk = { facts, rollups, nowMilliseconds: Date.now, newId: randomUUID };
  try {
    const done = await rollUp(desk, Date.now() + context.getRemainingTimeInMillis() - FOR_THE_LAST_STEP_MS);
    log(done.hoursBehind > 0 ? 'error' : 'info', done.hoursBehind > 0 ? ROLL_UP_BEHIND : 'rolled up', { ...done });
  } catch (error) {
    if (!(error instanceof HeadMoved)) throw error;
    log('info', 'rolled up by another run');
  }
}
