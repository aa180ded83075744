import * as z from 'zod';
import { HostError } from '../host-error.ts';
import type { AccessRequest } from '../iam/policy.ts';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../local-account.ts';
import type { Template } from '../template/template.ts';
import type { EventBus } from './event-bus.ts';
import { simulatedEvents, type TakenMail } from './mail-simulator.ts';

/** What the template says about sending mails. */
export interface MailSending {
  /** Whether a configuration set of that name is there. */
  knows(configurationSet: string): boolean;
  /**
   * What IAM is asked before a mail is sent: the sender's identity, which is the address where it was verified itself and else its
   * domain, and the configuration set (service authorization reference, Amazon SES v2).
   */
  accessRequests(from: string, configurationSet: string | undefined): AccessRequest[];
  /** Puts on the bus what SES would tell of a mail, where the configuration set asks for it. */
  took(mail: TakenMail): void;
}

const DestinationProperties = z.object({
  ConfigurationSetName: z.string(),
  EventDestination: z.strictObject({
    Enabled: z.boolean().default(true),
    EventBridgeDestination: z.object({ EventBusArn: z.string() }).optional(),
    CloudWatchDestination: z.unknown().optional(),
    KinesisFirehoseDestination: z.unknown().optional(),
    MatchingEventTypes: z.array(z.string()),
    Name: z.string().optional(),
    SnsDestination: z.unknown().optional(),
  }),
});

/** @throws HostError for an event destination that is no EventBridge bus */
export function createMailSending(template: Template, bus: Pick<EventBus, 'put'>): MailSending {
  const regions = new Map(
    template
      .ofType('AWS::SES::ConfigurationSet')
      .map((resource) => [template.ref(resource), resource.stack.region] as const),
  );
  const identities = new Set(template.ofType('AWS::SES::EmailIdentity').map((resource) => template.ref(resource)));
  const asked = new Map<string, Set<string>>();
  for (const resource of template.ofType('AWS::SES::ConfigurationSetEventDestination')) {
    const { ConfigurationSetName, EventDestination } = template.properties(resource, DestinationProperties);
    if (EventDestination.EventBridgeDestination === undefined) {
      throw new HostError(`${resource.logicalId}: the local host takes events of mails to EventBridge only.`);
    }
    if (!EventDestination.Enabled) continue;
    const types = asked.get(ConfigurationSetName) ?? new Set();
    asked.set(ConfigurationSetName, types);
    // CloudFormation takes `bounce` and `BOUNCE` alike.
    for (const type of EventDestination.MatchingEventTypes) types.add(type.toLowerCase());
  }
  return {
    knows: (configurationSet) => regions.has(configurationSet),
    accessRequests(from, configurationSet) {
      const region = regions.get(configurationSet ?? '') ?? LOCAL_REGION;
      const identity = identities.has(from) ? from : from.split('@').at(-1);
      const paths = [
        `identity/${identity}`,
        ...(configurationSet === undefined ? [] : [`configuration-set/${configurationSet}`]),
      ];
      return paths.map((path) => ({
        action: 'ses:SendEmail',
        resource: `arn:aws:ses:${region}:${LOCAL_ACCOUNT}:${path}`,
        context: { 'ses:FromAddress': [from] },
      }));
    },
    took(mail) {
      const region = regions.get(mail.configurationSet);
      if (region === undefined) return;
      for (const { type, ...event } of simulatedEvents(mail, region)) {
        if (asked.get(mail.configurationSet)?.has(type)) bus.put(event);
      }
    },
  };
}
