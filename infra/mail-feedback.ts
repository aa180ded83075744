import { Duration } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailSendingEvent,
  EventDestination,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';

/** EventBridge's names of what SES tells (SES developer guide, "Monitoring SES events using Amazon EventBridge"). */
const DETAIL_TYPES = ['Email Bounced', 'Email Complaint Received', 'Email Rejected', 'Email Rendering Failed'];

/** What mails are sent under, and the way of what SES says of them later: its events, a rule, a function, a dead-letter queue. */
export class MailFeedback extends Construct {
  readonly configurationSet: ConfigurationSet;
  /** Events that nobody could make use of. */
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
    });
    this.configurationSet.addEventDestination('Events', {
      // SES takes no other bus than the default one.
      destination: EventDestination.eventBus(EventBus.fromEventBusName(this, 'DefaultBus', 'default')),
      events: [
        EmailSendingEvent.BOUNCE,
        EmailSendingEvent.COMPLAINT,
        EmailSendingEvent.REJECT,
        EmailSendingEvent.RENDERING_FAILURE,
      ],
    });
    // An event names the mail's recipient: long enough to be looked into, and no longer.
    this.deadLetters = new DeadLetters(this, 'DeadLetters', Duration.days(7));
  }

  /** Calls a function with each event; one that still fails after two retries is kept in the queue. */
  feed(lambda: LambdaFunction): void {
    new Rule(this, 'Rule', {
      eventPattern: {
        source: ['aws.ses'],
        detailType: DETAIL_TYPES,
        // Others of the account may send mails too.
        detail: { mail: { tags: { 'ses:configuration-set': [this.configurationSet.configurationSetName] } } },
      },
      // The rule's own retries and queue are for calls that Lambda does not take; a function that fails is Lambda's affair.
      targets: [
        new LambdaTarget(lambda, {
          deadLetterQueue: this.deadLetters,
          retryAttempts: 20,
          maxEventAge: Duration.hours(6),
        }),
      ],
    });
    lambda.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: this.deadLetters,
    });
  }
}
