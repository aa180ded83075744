import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { METRICS, type MetricName } from '../shared/runtime/metrics.ts';
import { type AlarmBell, FIVE_MINUTES } from './alarm-bell.ts';
import type { ApiStack } from './api-stack.ts';
import { OBJECTIVES, type ServiceLevel } from './service-level.ts';
import type { StageConfig } from './stage-config.ts';

interface LocatorDashboardProps {
  readonly stage: StageConfig;
  readonly levels: readonly ServiceLevel[];
  readonly bell: AlarmBell;
  readonly api: ApiStack;
}

const FULL = 24;

/** What whoever is woken looks at, from top to bottom: what rings, whether buyers notice, what of it, and where it comes from. */
export class LocatorDashboard extends Construct {
  constructor(scope: Construct, id: string, { stage, levels, bell, api }: LocatorDashboardProps) {
    super(scope, id);
    const graph = (title: string, metrics: readonly IMetric[], width = FULL / 3) =>
      new GraphWidget({ title, left: [...metrics], width, height: 6, leftYAxis: { min: 0 } });
    const sums = (...names: MetricName[]) => names.map((name) => bell.ownMetric(name, 'Sum'));
    const lambdas = [...api.functions.values()].map(({ lambda }) => lambda);
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `AlpineLocator-${stage.name}`,
      defaultInterval: Duration.hours(6),
    });
    dashboard.addWidgets(
      new TextWidget({
        markdown: `**${stage.siteUrl}** · what to do about each: ${stage.runbookUrl}`,
        width: FULL,
        height: 1,
      }),
    );
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: '1. What rings', alarms: [...bell.alarms], width: FULL, height: 4 }),
    );
    dashboard.addWidgets(
      graph(
        '2. Do buyers notice? Failed requests, %',
        levels.map(({ failedPercent }) => failedPercent),
        FULL / 2,
      ),
      new GraphWidget({
        title: `2. Do buyers wait? ms at the gateway (promised: ${Object.values(OBJECTIVES)
          .map(({ withinMilliseconds, fastPercent }) => `${fastPercent} % in ${withinMilliseconds}`)
          .join(', ')})`,
        left: levels.flatMap(({ latencies }) => [...latencies]),
        width: FULL / 2,
        height: 6,
        leftYAxis: { min: 0 },
      }),
    );
    dashboard.addWidgets(
      graph('3. Searches that reach the API', sums(METRICS.searches, METRICS.searchesBeyondRadius)),
      graph('3. Reservations', sums(METRICS.submitted, METRICS.confirmed, METRICS.withdrawn)),
      graph('3. Refused: too many of one sender', sums(METRICS.senderLimitHits)),
    );
    dashboard.addWidgets(
      graph('4. Outbox: deliveries due after a sweep', [bell.ownMetric(METRICS.deliveriesDue, 'Maximum')]),
      graph('4. Outbox: the oldest is due since, s', [bell.ownMetric(METRICS.oldestDueSeconds, 'Maximum')]),
      graph('4. Mails that bounced, or were called spam', sums(METRICS.mailsBounced, METRICS.mailsComplained)),
    );
    dashboard.addWidgets(
      graph(
        '5. Functions: errors',
        lambdas.map((lambda) => lambda.metricErrors({ period: FIVE_MINUTES })),
      ),
      graph(
        '5. Functions: p99 duration, ms',
        lambdas.map((lambda) => lambda.metricDuration({ statistic: 'p99', period: FIVE_MINUTES })),
      ),
      graph('5. Concurrency and throttles of the account', [
        new Metric({
          namespace: 'AWS/Lambda',
          metricName: 'ConcurrentExecutions',
          statistic: 'Maximum',
          period: FIVE_MINUTES,
        }),
        new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', statistic: 'Sum', period: FIVE_MINUTES }),
      ]),
    );
    dashboard.addWidgets(
      new LogQueryWidget({
        title: '6. The last errors that functions logged',
        logGroupNames: [...api.functions.values()].map(({ logGroup }) => logGroup.logGroupName),
        queryLines: [
          'fields @timestamp, message, route, requestId, causedBy, deliveryId, error.name, error.at',
          'filter level = "error"',
          'sort @timestamp desc',
          'limit 20',
        ],
        width: FULL,
        height: 8,
      }),
    );
  }
}
