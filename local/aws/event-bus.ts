import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { HostError } from '../host-error.ts';
import { LOCAL_ACCOUNT } from '../local-account.ts';
import type { Resource } from '../template/assembly.ts';
import { functionNameOf, type Template } from '../template/template.ts';
import type { AsynchronousCalls } from './asynchronous-calls.ts';
import { compileFilter, type EventFilter } from './event-filter.ts';

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
}

export interface EventBusPorts {
  readonly calls: Pick<AsynchronousCalls, 'call'>;
  readonly now: () => number;
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
interface Rule {
  readonly fits: EventFilter;
  readonly functionNames: readonly string[];
}

/**
 * The template's rules that wait for events of AWS services, with functions as targets.
 *
 * @throws HostError for a rule that the host cannot run
 */
export function createEventBus(template: Template, ports: EventBusPorts): EventBus {
  const rules = template.ofType('AWS::Events::Rule').flatMap((resource) => ruleOf(template, resource));

  return {
    put({ source, detailType, region, resources, detail }) {
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
      for (const name of names) ports.calls.call(name, event, `the event ${event.id}`);
    },
  };
}

function ruleOf(template: Template, resource: Resource): Rule[] {
  if (resource.properties['EventPattern'] === undefined) return [];
  if (resource.properties['ScheduleExpression'] !== undefined) {
    throw new HostError(`The rule ${resource.logicalId} has both a schedule and a pattern: make it two.`);
  }
  const { EventPattern, State, Targets } = template.properties(resource, PatternRule);
  const fits = compileFilter(JSON.stringify(EventPattern));
  return State === 'DISABLED' ? [] : [{ fits, functionNames: Targets.map(({ Arn }) => functionNameOf(Arn)) }];
}
