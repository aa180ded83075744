import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { HostError } from '../host-error.ts';
import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { Resource } from '../template/assembly.ts';
import { functionNameOf, logGroupOf, type Template } from '../template/template.ts';
import type { AsynchronousCalls } from './asynchronous-calls.ts';
import { compileLogPattern, type LogPattern } from './log-pattern.ts';

/** The template's subscription filters of CloudWatch Logs. */
export interface LogSubscriptions {
  /** Takes a line of a log: what a subscription of its group fits goes to the subscription's function, soon. */
  put(logGroup: string, text: string): void;
  /** Hands on what waits, and takes no more. */
  stop(): void;
}

export interface SubscriptionPorts {
  readonly calls: Pick<AsynchronousCalls, 'call'>;
  readonly now: () => number;
}

const SubscriptionFilter = z.strictObject({
  DestinationArn: z.string(),
  FilterName: z.string().optional(),
  FilterPattern: z.string(),
  LogGroupName: z.string(),
});

interface Subscription {
  readonly name: string;
  readonly logGroup: string;
  readonly fits: LogPattern;
  readonly functionName: string;
}

interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

/** How long lines are gathered. CloudWatch Logs takes seconds, at most a few minutes. */
const GATHERING_MS = 100;

/**
 * Hands on lines in CloudWatch Logs' own form: base64 of gzip of JSON, as the CloudWatch Logs user guide has it under
 * "Subscription filters with AWS Lambda".
 *
 * @throws HostError for a subscription that the host cannot run, or whose function would be called for its own lines
 */
export function createLogSubscriptions(template: Template, ports: SubscriptionPorts): LogSubscriptions {
  const subscriptions = template
    .ofType('AWS::Logs::SubscriptionFilter')
    .map((resource) => subscriptionOf(template, resource));
  const gathered = new Map<Subscription, LogEvent[]>();
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  function handOn(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const [{ name, logGroup, functionName }, logEvents] of gathered) {
      const batch = {
        messageType: 'DATA_MESSAGE',
        owner: LOCAL_ACCOUNT,
        logGroup,
        logStream: 'local',
        subscriptionFilters: [name],
        logEvents,
      };
      const data = gzipSync(JSON.stringify(batch)).toString('base64');
      ports.calls.call(functionName, { awslogs: { data } }, `a batch of ${logEvents.length} lines of ${logGroup}`);
    }
    gathered.clear();
  }

  return {
    put(logGroup, text) {
      if (isStopped) return;
      const fitting = subscriptions.filter((one) => one.logGroup === logGroup && one.fits(text));
      for (const subscription of fitting) {
        const events = gathered.get(subscription) ?? [];
        gathered.set(subscription, [...events, logEvent(text, ports.now())]);
        timer ??= setTimeout(handOn, GATHERING_MS);
      }
    },
    stop() {
      handOn();
      isStopped = true;
    },
  };
}

/** An id has 56 digits; no two events of an account share one. */
function logEvent(message: string, timestamp: number): LogEvent {
  const digits = BigInt(`0x${randomUUID().replaceAll('-', '')}`).toString();
  return { id: `${timestamp}`.padStart(14, '3') + digits.padStart(42, '0'), timestamp, message };
}

function subscriptionOf(template: Template, resource: Resource): Subscription {
  const { DestinationArn, FilterPattern, LogGroupName } = template.properties(resource, SubscriptionFilter);
  const functionName = functionNameOf(DestinationArn);
  const ownLog = template
    .ofType('AWS::Lambda::Function')
    .some((one) => template.ref(one) === functionName && logGroupOf(template, one) === LogGroupName);
  if (ownLog) {
    throw new HostError(
      `${resource.logicalId} hands ${functionName} its own log, so that each call would cause the next: subscribe another group.`,
    );
  }
  return {
    name: template.ref(resource),
    logGroup: LogGroupName,
    fits: compileLogPattern(FilterPattern),
    functionName,
  };
}
