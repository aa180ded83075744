import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { HostError } from '../host-error.ts';
import type { Resource } from '../template/assembly.ts';
import { LOCAL_ACCOUNT } from '../template/resource-types.ts';
import { functionNameOf, type Template } from '../template/template.ts';
import { pause } from './batch-delivery.ts';
import { compileFilter, type EventFilter } from './event-filter.ts';
import { FunctionError } from './function-pool.ts';
import type { Functions } from './functions.ts';

/** What an AWS service puts on the bus; the host adds the rest of the envelope. */
export interface ServiceEvent {
  /** E.g. `aws.ses`. */
  readonly source: string;
  readonly detailType: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** The account's default bus. */
export interface EventBus {
  /** Hands an event to the function of every rule that it fits. */
  put(event: ServiceEvent): void;
  /** Takes no more, and waits for what is under way; what waits for another try is given up. */
  stop(): Promise<void>;
}

export interface EventBusPorts {
  readonly functions: Pick<Functions, 'invoke'>;
  readonly retryDelayMs: (tries: number) => number;
  readonly now: () => number;
  log(text: string): void;
}

const Target = z.strictObject({
  Arn: z.string(),
  DeadLetterConfig: z.object({ Arn: z.string() }).optional(),
  Id: z.string().optional(),
  // For calls that Lambda does not take, which cannot happen here.
  RetryPolicy: z.unknown().optional(),
});
const PatternRule = z.object({
  EventBusName: z.literal('default').default('default'),
  EventPattern: z.record(z.string(), z.unknown()),
  State: z.string().default('ENABLED'),
  Targets: z.array(Target).default([]),
});
const InvokeConfig = z.object({
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional(),
  FunctionName: z.string(),
  MaximumRetryAttempts: z.number().default(2),
});

interface Rule {
  readonly fits: EventFilter;
  readonly functionNames: readonly string[];
}

interface AfterFailure {
  readonly retries: number;
  readonly destination: string | undefined;
}

/**
 * The template's rules that wait for events of AWS services, with functions as targets. A function that fails is called again
 * as often as its `EventInvokeConfig` says, soon; then the event is given up, with a word in the log.
 *
 * @throws HostError for a rule that the host cannot run
 */
export function createEventBus(template: Template, ports: EventBusPorts): EventBus {
  const rules = template.ofType('AWS::Events::Rule').flatMap((resource) => ruleOf(template, resource));
  const afterFailure = new Map(
    template.ofType('AWS::Lambda::EventInvokeConfig').map((resource) => {
      const { FunctionName, MaximumRetryAttempts, DestinationConfig } = template.properties(resource, InvokeConfig);
      return [FunctionName, { retries: MaximumRetryAttempts, destination: DestinationConfig?.OnFailure?.Destination }];
    }),
  );
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function deliver(functionName: string, event: { readonly id: string }): Promise<void> {
    const { retries, destination } = afterFailure.get(functionName) ?? LAMBDAS_OWN;
    for (let tries = 1; !stopping.signal.aborted; tries += 1) {
      try {
        await ports.functions.invoke(functionName, event);
        return;
      } catch (error) {
        if (!(error instanceof FunctionError)) throw error;
        if (tries > retries) break;
      }
      await pause(ports.retryDelayMs(tries), stopping.signal);
    }
    // The event itself stays out of the log: it may name people.
    const sent = destination === undefined ? '' : `; on AWS it would go to ${destination}`;
    ports.log(`the event ${event.id} is given up for ${functionName}${sent}`);
  }

  return {
    put({ source, detailType, region, resources, detail }) {
      if (stopping.signal.aborted) return;
      const event = {
        version: '0',
        id: randomUUID(),
        'detail-type': detailType,
        source,
        account: LOCAL_ACCOUNT,
        time: new Date(ports.now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
        region,
        resources,
        detail,
      };
      const names = rules.filter(({ fits }) => fits(event)).flatMap(({ functionNames }) => functionNames);
      for (const name of names) {
        const delivery = deliver(name, event).finally(() => underWay.delete(delivery));
        underWay.add(delivery);
      }
    },
    async stop() {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
}

/** What Lambda does with an asynchronous call of a function that says nothing about it. */
const LAMBDAS_OWN: AfterFailure = { retries: 2, destination: undefined };

function ruleOf(template: Template, resource: Resource): Rule[] {
  if (resource.properties['EventPattern'] === undefined) return [];
  if (resource.properties['ScheduleExpression'] !== undefined) {
    throw new HostError(`The rule ${resource.logicalId} has both a schedule and a pattern: make it two.`);
  }
  const { EventPattern, State, Targets } = template.properties(resource, PatternRule);
  const fits = compileFilter(JSON.stringify(EventPattern));
  return State === 'DISABLED' ? [] : [{ fits, functionNames: Targets.map(({ Arn }) => functionNameOf(Arn)) }];
}
