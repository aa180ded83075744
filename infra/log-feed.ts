import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, type LogGroup, SubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.ts';

interface LogFeedProps {
  readonly logGroup: LogGroup;
  /** The lines to hand on, as a filter pattern of CloudWatch Logs. */
  readonly lines: string;
  readonly lambda: LambdaFunction;
}

/**
 * Calls a function with lines of a log, in batches. CloudWatch Logs hands them to Lambda's queue, and tries for a day when that
 * does not take them; from there a batch that fails is tried twice more, then kept in the dead-letter queue.
 */
export class LogFeed extends Construct {
  /** Batches that the function failed on. */
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { logGroup, lines, lambda }: LogFeedProps) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'DeadLetters', Duration.days(14));
    lambda.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: this.deadLetters,
    });
    // It lets CloudWatch Logs call the function, for this log group alone.
    new SubscriptionFilter(this, 'Subscription', {
      logGroup,
      destination: new LambdaDestination(lambda),
      filterPattern: FilterPattern.literal(lines),
    });
  }
}
