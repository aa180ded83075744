import { Duration, Validations } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  ComparisonOperator,
  type IAlarm,
  type IMetric,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { MetricName } from '../shared/runtime/metrics.ts';
import type { FunctionName } from './functions.ts';
import type { LocatorFunction } from './locator-function.ts';
import { metricNamespace, type StageConfig } from './stage-config.ts';

export const FIVE_MINUTES = Duration.minutes(5);

export interface AlarmManner {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm?: number;
  /** From this value on; 1 unless told. */
  readonly threshold?: number;
  /** `BREACHING` where silence is a bad sign. */
  readonly treatMissingData?: TreatMissingData;
}

/** How an alarm is made and whom it wakes: each leads to its section of the runbook, and all ring through one topic. */
export class AlarmBell {
  readonly topic: Topic;
  /** All that ring through it, in the order in which they were made. */
  readonly alarms: IAlarm[] = [];
  private readonly scope: Construct;
  private readonly stage: StageConfig;

  /** @param scope what alarms are made in */
  constructor(scope: Construct, stage: StageConfig) {
    this.scope = scope;
    this.stage = stage;
    this.topic = new Topic(scope, 'Topic', { displayName: 'Alpine US locator', enforceSSL: true });
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
  }

  /**
   * An alarm while a metric is at the threshold or above.
   * @param id its section of the runbook, too
   */
  alarm(
    id: string,
    metric: IMetric,
    description: string,
    { threshold = 1, ...manner }: AlarmManner = { evaluationPeriods: 1 },
  ): void {
    this.ring(
      new Alarm(this.scope, id, {
        metric,
        alarmDescription: this.describe(description, id),
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        ...manner,
      }),
    );
  }

  /** An alarm as soon as one of the functions logs a line with this message. */
  alarmOnLine(
    id: string,
    message: string,
    functions: readonly (readonly [FunctionName, LocatorFunction])[],
    description: string,
  ): void {
    const name = { metricNamespace: metricNamespace(this.stage), metricName: id };
    const filters = functions.map(
      ([functionName, { logGroup }]) =>
        new MetricFilter(this.scope, `${id}-${functionName}`, {
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

  /** Lets alarms that were made elsewhere ring. */
  ring(...alarms: readonly (IAlarm & Pick<AlarmBase, 'addAlarmAction'>)[]): void {
    for (const alarm of alarms) {
      alarm.addAlarmAction(new SnsAction(this.topic));
      this.alarms.push(alarm);
    }
  }

  /** Whoever is woken finds in the alarm itself where to go on. */
  describe(text: string, section: string): string {
    return `${text}\n\n${this.stage.runbookUrl}#${section.toLowerCase()}`;
  }

  /** A metric that functions write by themselves. */
  ownMetric(metricName: MetricName, statistic: 'Sum' | 'Maximum'): Metric {
    return new Metric({ namespace: metricNamespace(this.stage), metricName, period: FIVE_MINUTES, statistic });
  }
}
