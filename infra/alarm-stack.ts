import { Aws, Duration, type Environment, Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { COUNTS_DRIFT, ROLL_UP_BEHIND } from '../shared/counts/alarm-lines.ts';
import { DELIVERY_GIVEN_UP, STORE_ADDRESS_BOUNCED } from '../shared/mail-feedback/alarm-lines.ts';
import { METRICS } from '../shared/runtime/metrics.ts';
import { AlarmBell, FIVE_MINUTES } from './alarm-bell.ts';
import type { ApiStack } from './api-stack.ts';
import { LocatorDashboard } from './dashboard.ts';
import type { DataStack } from './data-stack.ts';
import type { FunctionName } from './functions.ts';
import type { LocatorFunction } from './locator-function.ts';
import { OBJECTIVES, ServiceLevel } from './service-level.ts';
import { metricNamespace, type StageConfig } from './stage-config.ts';

/** Functions that settle deliveries: what they say of one is what alarms listen for. */
const SETTLING: readonly FunctionName[] = ['deliver-outbox', 'sweep-outbox', 'note-mail-feedback'];

/** Two of the last three looks: what ends by itself rings nobody. */
const PATIENT = { evaluationPeriods: 3, datapointsToAlarm: 2 };

interface AlarmStackProps {
  readonly env: Environment;
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly api: ApiStack;
}

/**
 * What someone has to look at, and the dashboard to begin with. Each alarm says what happened and what the buyer or store has of
 * it, and leads to its section of the runbook.
 */
export class AlarmStack extends Stack {
  private readonly bell: AlarmBell;

  constructor(scope: Construct, id: string, { env, stage, data, api }: AlarmStackProps) {
    super(scope, id, { env, description: 'Alpine US locator: alarms and dashboard' });
    this.bell = new AlarmBell(this, stage);
    const levels = Object.entries(OBJECTIVES).map(([name, objective]) => {
      const describe = (text: string, section: string) => this.bell.describe(text, section);
      const namespace = metricNamespace(stage);
      const level = new ServiceLevel(this, name, { objective, accessLog: api.accessLog, namespace, describe });
      this.bell.ring(level.availability, level.latency);
      return level;
    });
    this.alarmOnApi(api);
    this.alarmOnOutbox(api);
    this.alarmOnCounts(api);
    this.alarmOnMail(api);
    this.alarmOnTables(data);
    this.budget(stage.monthlyBudgetDollars);
    new LocatorDashboard(this, 'Dashboard', { stage, levels, bell: this.bell, api });
  }

  private alarmOnApi(api: ApiStack): void {
    this.bell.alarm(
      'ApiFailing',
      api.httpApi.metricServerError({ period: FIVE_MINUTES, statistic: 'Sum' }),
      'The API answers with 5xx, on any of its routes. Whoever asked is told to try again later.',
      { ...PATIENT, threshold: 5 },
    );
    this.bell.alarm(
      'CanaryFailing',
      functionOf(api, 'walk-canary').lambda.metricErrors({ period: FIVE_MINUTES, statistic: 'Sum' }),
      'The canary, which walks the buyer’s way from outside, does not get through: something that buyers need is broken or out of reach.',
      PATIENT,
    );
    this.bell.alarm(
      'FunctionsThrottled',
      // Without a dimension: of all functions of the account, which share its concurrency.
      new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', period: FIVE_MINUTES, statistic: 'Sum' }),
      'Lambda refuses to run functions: the account’s concurrency is used up. Buyers are answered 503.',
      PATIENT,
    );
    this.bell.alarm(
      'FormsFlooded',
      this.bell.ownMetric(METRICS.senderLimitHits, 'Sum'),
      'Many forms are refused because too many come from one network address: someone sends them by machine, or a proxy hides many people behind one address.',
      { ...PATIENT, threshold: 100 },
    );
  }

  private alarmOnOutbox(api: ApiStack): void {
    const settling = SETTLING.map((name) => [name, functionOf(api, name)] as const);
    this.bell.alarmOnLine(
      'DeliveryGivenUp',
      DELIVERY_GIVEN_UP,
      settling,
      'A delivery was given up, of a lead to its store or of a mail to a buyer. The log line names it. A lead is in `npm run leads -- list --status failed`: mend the store’s address or its endpoint, then redeliver.',
    );
    this.bell.alarmOnLine(
      'StoreAddressBounced',
      STORE_ADDRESS_BOUNCED,
      settling,
      'A store’s address for leads bounced or complained. Its leads go to the fallback address until an import brings another; leads that bounced are to be redelivered.',
    );
    for (const [name, { lambda }] of settling) {
      this.bell.alarm(
        `${name}-errors`,
        lambda.metricErrors({ period: FIVE_MINUTES, statistic: 'Sum' }),
        `${name} fails again and again. Deliveries that are due wait for the sweep; see its log for the reason.`,
        PATIENT,
      );
    }
    this.bell.alarm(
      'OutboxBehind',
      this.bell.ownMetric(METRICS.oldestDueSeconds, 'Maximum'),
      'A mail or lead has been due for a quarter of an hour and is not sent, or the sweep that would say so does not run. Buyers wait for their mails, stores for their leads; nothing is lost.',
      { evaluationPeriods: 3, threshold: 900, treatMissingData: TreatMissingData.BREACHING },
    );
    this.bell.alarm(
      'StreamBehind',
      functionOf(api, 'deliver-outbox').lambda.metric('IteratorAge', { period: FIVE_MINUTES, statistic: 'Maximum' }),
      'The outbox’s stream is read five minutes late. The sweep sends what it misses, a minute later than the stream would.',
      { ...PATIENT, threshold: FIVE_MINUTES.toMilliseconds() },
    );
  }

  private alarmOnCounts(api: ApiStack): void {
    for (const [name, { deadLetters }] of api.logFeeds) {
      this.bell.alarm(
        `${name}-unread`,
        deadLetters.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'Maximum' }),
        `Lines of a log that ${name} could not count lie in its dead-letter queue for 14 days, and what it counts is too low until then: see its log, mend it, and call it with the requestPayload of each message. What was counted already is not counted twice.`,
      );
    }
    const rollUp = functionOf(api, 'roll-up-counts');
    const audit = functionOf(api, 'audit-counts');
    this.bell.alarmOnLine(
      'CountsDrift',
      COUNTS_DRIFT,
      [['audit-counts', audit]],
      'The counts of interests are not those of the reservations, or a roll-up is not that of its facts; the log line says by how much. `npm run counts -- audit` looks again, `npm run counts -- rebuild` makes the roll-ups anew. What is still off then is in the facts: tell marketing which numbers not to use.',
    );
    this.bell.alarmOnLine(
      'RollUpBehind',
      ROLL_UP_BEHIND,
      [['roll-up-counts', rollUp]],
      'The roll-up of counts could not catch up in one run. Counts stay exact and get dearer; it goes on by itself, unless this alarm stays.',
    );
    this.bell.alarm(
      'audit-counts-errors',
      audit.lambda.metricErrors({ period: FIVE_MINUTES, statistic: 'Sum' }),
      'The nightly audit of the counts failed, or found drift (then CountsDrift tells more): nobody knows tonight that the counts are right. See its log; `npm run counts -- audit` runs it now.',
    );
    this.bell.alarm(
      'roll-up-counts-errors',
      rollUp.lambda.metricErrors({ period: Duration.minutes(15), statistic: 'Sum' }),
      'The roll-up of counts fails again and again. Counts stay exact and get dearer with every hour; within 35 days of the first failure it has to be mended. See its log.',
      { evaluationPeriods: 3, datapointsToAlarm: 3 },
    );
  }

  private alarmOnMail(api: ApiStack): void {
    this.bell.alarm(
      'FeedbackUnread',
      api.mailFeedback.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: FIVE_MINUTES,
        statistic: 'Maximum',
      }),
      'What SES says of a mail could not be made use of, and lies in the dead-letter queue for 7 days: see the log of note-mail-feedback, mend it, and call it with the requestPayload of each message. Doing one twice does no harm.',
    );
    for (const [id, metricName, threshold] of [
      // SES reviews an account from 5 % and 0.1 % on (SES developer guide, "Understanding bounces", "… complaints").
      ['BounceRateHigh', 'Reputation.BounceRate', 0.05],
      ['ComplaintRateHigh', 'Reputation.ComplaintRate', 0.001],
    ] as const) {
      this.bell.alarm(
        id,
        new Metric({ namespace: 'AWS/SES', metricName, period: Duration.hours(1), statistic: 'Maximum' }),
        'So many mails of the account come back or are called spam that SES may stop sending for it: then neither buyers nor stores get any.',
        { evaluationPeriods: 1, threshold },
      );
    }
  }

  private alarmOnTables({ tables }: DataStack): void {
    for (const [id, metricName] of [
      ['TableReadsThrottled', 'ReadThrottleEvents'],
      ['TableWritesThrottled', 'WriteThrottleEvents'],
    ] as const) {
      const usingMetrics = Object.fromEntries(
        Object.entries(tables).map(([name, { tableName: TableName }]) => [
          name,
          new Metric({ namespace: 'AWS/DynamoDB', metricName, dimensionsMap: { TableName }, statistic: 'Sum' }),
        ]),
      );
      const sum = Object.keys(usingMetrics)
        .map((name) => `FILL(${name}, 0)`)
        .join(' + ');
      this.bell.alarm(
        id,
        new MathExpression({ expression: sum, usingMetrics, period: FIVE_MINUTES }),
        'DynamoDB refuses requests on a table: a partition is asked for more than it serves, or the table grows faster than it splits. Buyers are answered 503 and told to try again.',
        { ...PATIENT, threshold: 10 },
      );
    }
  }

  /** The account's money, at four fifths spent and as soon as all of it is foreseen to be. */
  private budget(monthlyDollars: number): void {
    const Publish = new PolicyStatement({
      actions: ['sns:Publish'],
      principals: [new ServicePrincipal('budgets.amazonaws.com')],
      resources: [this.bell.topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    });
    this.bell.topic.addToResourcePolicy(Publish);
    const tell = (notificationType: string, threshold: number) => ({
      notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
      subscribers: [{ subscriptionType: 'SNS', address: this.bell.topic.topicArn }],
    });
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyDollars, unit: 'USD' },
      },
      notificationsWithSubscribers: [tell('ACTUAL', 80), tell('FORECASTED', 100)],
    });
  }
}

function functionOf(api: ApiStack, name: FunctionName): LocatorFunction {
  const found = api.functions.get(name);
  if (found === undefined) throw new RangeError(`there is no function ${name}`);
  return found;
}
