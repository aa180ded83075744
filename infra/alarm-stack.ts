import { Duration, type Environment, Stack, Validations } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { COUNTS_DRIFT, ROLL_UP_BEHIND } from '../shared/counts/alarm-lines.ts';
import { DELIVERY_GIVEN_UP, STORE_ADDRESS_BOUNCED } from '../shared/mail-feedback/alarm-lines.ts';
import type { ApiStack } from './api-stack.ts';
import type { FunctionName } from './functions.ts';
import type { LocatorFunction } from './locator-function.ts';
import type { StageConfig } from './stage-config.ts';

/** Functions that settle deliveries: what they say of one is what alarms listen for. */
const SETTLING: readonly FunctionName[] = ['deliver-outbox', 'sweep-outbox', 'note-mail-feedback'];

const FIVE_MINUTES = Duration.minutes(5);

interface AlarmStackProps {
  readonly env: Environment;
  readonly stage: StageConfig;
  readonly api: ApiStack;
}

/** What someone has to look at: each alarm says what happened, what the buyer or store has of it, and what to do. */
export class AlarmStack extends Stack {
  private readonly topic: Topic;

  constructor(scope: Construct, id: string, { env, stage, api }: AlarmStackProps) {
    super(scope, id, { env, description: 'Alpine US locator: alarms' });
    this.topic = new Topic(this, 'Topic', { displayName: 'Alpine US locator', enforceSSL: true });
    Validations.of(this.topic).acknowledge(
      {
        id: 'NIST.800.53.R5::NIST.800.53.R5-SNSEncryptedKMS',
        reason: 'Alarms say what is wrong, never of whom; CloudWatch could not use the account’s own key for topics',
      },
      {
        id: 'Serverless::Serverless-SNSRedrivePolicy',
        reason: 'An alarm’s state and history stay in CloudWatch when its mail cannot be delivered',
      },
    );
    if (stage.alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(stage.alarmEmail));
    const settling = SETTLING.map((name) => [name, functionOf(api, name)] as const);
    this.alarmOnLine(
      'DeliveryGivenUp',
      DELIVERY_GIVEN_UP,
      settling,
      'A delivery was given up, of a lead to its store or of a mail to a buyer. The log line names it. A lead is in `npm run leads -- list --status failed`: mend the store’s address or its endpoint, then redeliver.',
    );
    this.alarmOnLine(
      'StoreAddressBounced',
      STORE_ADDRESS_BOUNCED,
      settling,
      'A store’s address for leads bounced or complained. Its leads go to the fallback address until an import brings another; leads that bounced are to be redelivered.',
    );
    for (const [name, { lambda }] of settling) {
      this.alarm(
        `${name}-errors`,
        lambda.metricErrors({ period: FIVE_MINUTES, statistic: 'Sum' }),
        `${name} fails again and again. Deliveries that are due wait for the sweep; see its log for the reason.`,
        { evaluationPeriods: 3, datapointsToAlarm: 2 },
      );
    }
    for (const [name, { deadLetters }] of api.logFeeds) {
      this.alarm(
        `${name}-unread`,
        deadLetters.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'Maximum' }),
        `Lines of a log that ${name} could not count lie in its dead-letter queue for 14 days, and what it counts is too low until then: see its log, mend it, and call it with the requestPayload of each message. What was counted already is not counted twice.`,
      );
    }
    const rollUp = functionOf(api, 'roll-up-counts');
    const audit = functionOf(api, 'audit-counts');
    this.alarmOnLine(
      'CountsDrift',
      COUNTS_DRIFT,
      [['audit-counts', audit]],
      'The counts of interests are not those of the reservations, or a roll-up is not that of its facts; the log line says by how much. `npm run counts -- audit` looks again, `npm run counts -- rebuild` makes the roll-ups anew. What is still off then is in the facts: tell marketing which numbers not to use.',
    );
    this.alarmOnLine(
      'RollUpBehind',
      ROLL_UP_BEHIND,
      [['roll-up-counts', rollUp]],
      'The roll-up of counts could not catch up in one run. Counts stay exact and get dearer; it goes on by itself, unless this alarm stays.',
    );
    this.alarm(
      'audit-counts-errors',
      audit.lambda.metricErrors({ period: FIVE_MINUTES, statistic: 'Sum' }),
      'The nightly audit of the counts failed, or found drift (then CountsDrift tells more): nobody knows tonight that the counts are right. See its log; `npm run counts -- audit` runs it now.',
    );
    this.alarm(
      'roll-up-counts-errors',
      rollUp.lambda.metricErrors({ period: Duration.minutes(15), statistic: 'Sum' }),
      'The roll-up of counts fails again and again. Counts stay exact and get dearer with every hour; within 35 days of the first failure it has to be mended. See its log.',
      { evaluationPeriods: 3, datapointsToAlarm: 3 },
    );
    this.alarm(
      'FeedbackUnread',
      api.mailFeedback.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: FIVE_MINUTES,
        statistic: 'Maximum',
      }),
      'What SES says of a mail could not be made use of, and lies in the dead-letter queue for 7 days: see the log of note-mail-feedback, mend it, and move the messages back.',
    );
  }

  /** An alarm as soon as one of the functions logs a line with this message. */
  private alarmOnLine(
    id: string,
    message: string,
    functions: readonly (readonly [FunctionName, LocatorFunction])[],
    description: string,
  ): void {
    const name = { metricNamespace: this.stackName, metricName: id };
    const filters = functions.map(
      ([functionName, { logGroup }]) =>
        new MetricFilter(this, `${id}-${functionName}`, {
          logGroup,
          ...name,
          filterPattern: FilterPattern.stringValue('$.message', '=', message),
          metricValue: '1',
        }),
    );
    const [filter] = filters;
    if (filter === undefined) throw new RangeError(`no function logs ${message}`);
    this.alarm(id, filter.metric({ period: FIVE_MINUTES, statistic: 'Sum' }), description);
  }

  private alarm(
    id: string,
    metric: IMetric,
    alarmDescription: string,
    patience: { readonly evaluationPeriods: number; readonly datapointsToAlarm?: number } = { evaluationPeriods: 1 },
  ): void {
    new Alarm(this, id, {
      metric,
      alarmDescription,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...patience,
    }).addAlarmAction(new SnsAction(this.topic));
  }
}

function functionOf(api: ApiStack, name: FunctionName): LocatorFunction {
  const found = api.functions.get(name);
  if (found === undefined) throw new RangeError(`there is no function ${name}`);
  return found;
}
