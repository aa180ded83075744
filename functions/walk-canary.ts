import type { Context } from 'aws-lambda';
import { walkCanary } from '../shared/canary/walk-canary.ts';
import { canaryPorts } from '../shared/runtime/canary-ports.ts';
import { requireEnvironment, SITE_URL_VARIABLE } from '../shared/runtime/environment.ts';
import { beginInvocation, log } from '../shared/runtime/log.ts';

const ports = canaryPorts(requireEnvironment(SITE_URL_VARIABLE));

/** On a schedule: walks the buyer's way through its own stage, from outside, as far as nothing is left behind. */
export async function handler(_: unknown, context: Context): Promise<void> {
  beginInvocation({ invocationId: context.awsRequestId });
  const steps = await walkCanary(ports);
  const { step = '', fault } = steps.at(-1) ?? {};
  if (fault !== undefined) {
    log('error', 'canary failed', { step, outcome: fault });
    throw new Error(`the canary failed at ${step}`);
  }
  log('info', 'canary passed', { durationMs: steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0) });
}
