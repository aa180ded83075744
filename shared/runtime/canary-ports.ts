import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CANARY_AGENT, type CanaryPorts } from '../canary/walk-canary.ts';

/** A person has left by then. */
const ANSWER_MILLISECONDS = 10_000;

/** How the canary reaches the stage at this address, as any browser does. */
export function canaryPorts(siteUrl: string): CanaryPorts {
  return {
    async ask(method, path, { json, bearer } = {}) {
      const response = await fetch(new URL(path, siteUrl), {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
        headers: {
          'user-agent': CANARY_AGENT,
          ...(json !== undefined && { 'content-type': 'application/json' }),
          ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        },
        ...(json !== undefined && { body: JSON.stringify(json) }),
      });
      return {
        status: response.status,
        contentType: response.headers.get('content-type') ?? '',
        text: await response.text(),
      };
    },
    newAddress: () => `canary-${randomUUID()}@example.com`,
    nowMilliseconds: Date.now,
    pause: (milliseconds) => delay(milliseconds),
  };
}
