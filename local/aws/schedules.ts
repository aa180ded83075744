import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { HostError } from '../host-error.ts';
import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { Resource } from '../template/assembly.ts';
import { functionNameOf, type Template } from '../template/template.ts';
import { FunctionError } from './function-pool.ts';
import type { Functions } from './functions.ts';
import { type NextFiring, parseSchedule } from './schedule-expression.ts';

export interface Schedules {
  start(): void;
  /** Fires no more, and waits for what is under way. */
  stop(): Promise<void>;
}

/** One function that a schedule calls, and with what. */
interface Firing {
  readonly next: NextFiring;
  readonly functionName: string;
  event(scheduledAt: Date): unknown;
}

const RuleProperties = z.object({
  ScheduleExpression: z.string().optional(),
  State: z.string().default('ENABLED'),
  Targets: z
    .array(z.object({ Arn: z.string(), Input: z.string().optional(), InputTransformer: z.undefined().optional() }))
    .default([]),
});

/**
 * The template's rules that fire by the clock, with functions as targets; those that wait for events of AWS services are the event
 * bus's. A call that fails is logged and not repeated.
 */
export function createSchedules(
  template: Template,
  functions: Pick<Functions, 'invoke'>,
  log: (text: string) => void,
): Schedules {
  const firings = template.ofType('AWS::Events::Rule').flatMap((resource) => firingsOf(template, resource));
  const timers = new Map<Firing, NodeJS.Timeout>();
  const underWay = new Set<Promise<void>>();

  function arm(firing: Firing, after: Date): void {
    const due = firing.next(after);
    if (due === undefined) return;
    const waitMs = Math.max(0, due.getTime() - Date.now());
    // A timer holds 24.8 days at most; a longer wait is taken up again from where it stands.
    const timer =
      waitMs > MAX_TIMER_MS
        ? setTimeout(() => arm(firing, after), MAX_TIMER_MS)
        : setTimeout(() => {
            const call = fire(firing, due).finally(() => underWay.delete(call));
            underWay.add(call);
            // Behind by more than one firing, after the machine slept: those in between are not made up for.
            arm(firing, new Date(Math.max(due.getTime(), Date.now())));
          }, waitMs);
    timers.set(firing, timer);
  }

  async function fire({ functionName, event }: Firing, scheduledAt: Date): Promise<void> {
    try {
      await functions.invoke(functionName, event(scheduledAt));
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      log(`the scheduled call of ${functionName} failed: ${error.message}`);
    }
  }

  return {
    start() {
      for (const firing of firings) arm(firing, new Date());
    },
    async stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(underWay);
    },
  };
}

const MAX_TIMER_MS = 2 ** 31 - 1;

function firingsOf(template: Template, resource: Resource): Firing[] {
  const { ScheduleExpression, State, Targets } = template.properties(resource, RuleProperties);
  if (ScheduleExpression === undefined || State === 'DISABLED') return [];
  return Targets.map(({ Arn, Input }) => ({
    next: parseSchedule(ScheduleExpression),
    functionName: functionNameOf(Arn),
    event: (scheduledAt) =>
      Input === undefined ? scheduledEvent(resource, template.ref(resource), scheduledAt) : readInput(resource, Input),
  }));
}

function scheduledEvent(resource: Resource, ruleName: string, scheduledAt: Date): unknown {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: LOCAL_ACCOUNT,
    time: withoutMilliseconds(scheduledAt),
    region: resource.stack.region,
    resources: [`arn:aws:events:${resource.stack.region}:${LOCAL_ACCOUNT}:rule/${ruleName}`],
    detail: {},
  };
}

function readInput(resource: Resource, input: string): unknown {
  try {
    return JSON.parse(input);
  } catch (error) {
    throw new HostError(`The input of ${resource.logicalId} is not JSON: ${input}`, { cause: error });
  }
}

function withoutMilliseconds(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
