import { Duration, Validations } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IMetric,
  MathExpression,
  type Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** What buyers are promised of some routes, over any 30 days. */
export interface Objective {
  /** As the gateway has them, e.g. `GET /v1/dealers`. */
  readonly routes: readonly string[];
  /** Share of requests, in percent, that are answered with no 5xx. */
  readonly availablePercent: number;
  /** Share of requests, in percent, that are answered within `withinMilliseconds`. */
  readonly fastPercent: number;
  readonly withinMilliseconds: number;
}

/** Search is a promise of its own; a form and its confirmation are one. */
export const OBJECTIVES = {
  search: {
    routes: ['GET /v1/dealers'],
    availablePercent: 99.9,
    fastPercent: 99,
    withinMilliseconds: 1_000,
  },
  reserve: {
    routes: ['POST /v1/interests', 'POST /v1/interests/confirm'],
    availablePercent: 99.9,
    fastPercent: 99,
    withinMilliseconds: 2_000,
  },
} as const satisfies Readonly<Record<string, Objective>>;

/**
 * How fast the month's allowance of failures is used up, and how long that is looked at: 2 % of it within an hour, 5 % within six.
 * The short window ends the alarm soon after the fault (Google, "The Site Reliability Workbook", chapter 5, table 5-8).
 */
const BURNS = [
  { rate: 14.4, long: Duration.hours(1), short: Duration.minutes(5) },
  { rate: 6, long: Duration.hours(6), short: Duration.minutes(30) },
] as const;

/** With less to go by a single failure would look like an outage: so many failures, or slow ones' requests, must there be. */
const FEWEST_FAILURES = 5;
const FEWEST_REQUESTS = 100;

interface ServiceLevelProps {
  readonly objective: Objective;
  readonly accessLog: ILogGroup;
  readonly namespace: string;
  /** The description of an alarm. */
  describe(text: string, section: string): string;
}

/**
 * One promise, measured at the gateway: its access log tells what every request was answered and after how long, throttled and
 * timed-out ones among them. Metric filters make two metrics of it, which detailed metrics by route would cost nine times.
 */
export class ServiceLevel extends Construct {
  /** Sounds when failures use up the month's allowance too fast. */
  readonly availability: CompositeAlarm;
  /** Sounds when slow answers do. */
  readonly latency: CompositeAlarm;
  /** For the dashboard. */
  readonly failedPercent: IMetric;
  readonly latencies: readonly IMetric[];

  constructor(scope: Construct, id: string, props: ServiceLevelProps) {
    super(scope, id);
    const { objective, accessLog, namespace } = props;
    Validations.of(this).acknowledge({
      id: 'NIST.800.53.R5::NIST.800.53.R5-CloudWatchAlarmAction',
      reason: 'A window is a part of the composite alarm, which has the action: alone it must wake nobody',
    });
    const title = id.charAt(0).toUpperCase() + id.slice(1);
    const routes = FilterPattern.any(
      ...objective.routes.map((route) => FilterPattern.stringValue('$.route', '=', route)),
    );
    const filter = (metricName: string, filterPattern: ReturnType<typeof FilterPattern.all>, metricValue: string) =>
      new MetricFilter(this, metricName, {
        logGroup: accessLog,
        metricNamespace: namespace,
        metricName: `${title}${metricName}`,
        filterPattern,
        metricValue,
      }).metric();
    const latency = filter('LatencyMilliseconds', routes, '$.latencyMs');
    const failures = filter(
      'Failures',
      FilterPattern.all(routes, FilterPattern.numberValue('$.status', '>=', 500)),
      '1',
    );

    const failed = (period: Duration) => percentFailed(id, latency, failures, period);
    const slow = (period: Duration) => percentSlow(latency, objective.withinMilliseconds, period);
    const what = objective.routes.join(', ');
    this.availability = this.burnAlarm(
      `${title}Failing`,
      failed,
      100 - objective.availablePercent,
      props,
      `${what}: failures use up the month’s allowance of ${round(100 - objective.availablePercent)} % too fast. Buyers are told to try again later.`,
    );
    this.latency = this.burnAlarm(
      `${title}Slow`,
      slow,
      100 - objective.fastPercent,
      props,
      `${what}: answers that take longer than ${objective.withinMilliseconds} ms use up the month’s allowance of ${round(100 - objective.fastPercent)} % too fast. Buyers wait.`,
    );
    this.failedPercent = failed(Duration.minutes(5)).with({ label: `${id}: % failed` });
    this.latencies = ['p50', 'p99'].map((statistic) =>
      latency.with({ statistic, label: `${id}: ${statistic} ms`, period: Duration.minutes(5) }),
    );
  }

  private burnAlarm(
    name: string,
    share: (period: Duration) => MathExpression,
    allowedPercent: number,
    { describe }: ServiceLevelProps,
    text: string,
  ): CompositeAlarm {
    const window = (rate: number, period: Duration) =>
      AlarmRule.fromAlarm(
        new Alarm(this, `${name}${period.toMinutes()}m`, {
          metric: share(period),
          threshold: round(rate * allowedPercent),
          comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
          evaluationPeriods: 1,
          treatMissingData: TreatMissingData.NOT_BREACHING,
          alarmDescription: describe(`A part of ${name}: the last ${period.toHumanString()}.`, name),
        }),
        AlarmState.ALARM,
      );
    return new CompositeAlarm(this, name, {
      alarmRule: AlarmRule.anyOf(
        ...BURNS.map(({ rate, long, short }) => AlarmRule.allOf(window(rate, long), window(rate, short))),
      ),
      alarmDescription: describe(text, name),
    });
  }
}

/**
 * Whoever is answered has a latency, so its sample count is the number of requests.
 * @param id tells its metrics from another's in the same graph
 */
function percentFailed(id: string, latency: Metric, failures: Metric, period: Duration): MathExpression {
  return new MathExpression({
    expression: `IF(FILL(${id}Failures, 0) >= ${FEWEST_FAILURES}, 100 * ${id}Failures / ${id}Requests, 0)`,
    usingMetrics: {
      [`${id}Requests`]: latency.with({ statistic: Stats.SAMPLE_COUNT, period }),
      [`${id}Failures`]: failures.with({ statistic: Stats.SUM, period }),
    },
    period,
  });
}

function percentSlow(latency: Metric, withinMilliseconds: number, period: Duration): MathExpression {
  return new MathExpression({
    expression: `IF(requests >= ${FEWEST_REQUESTS}, 100 - fast, 0)`,
    usingMetrics: {
      requests: latency.with({ statistic: Stats.SAMPLE_COUNT, period }),
      // Percentile rank: the share of values up to this one.
      fast: latency.with({ statistic: Stats.percentileRank(0, withinMilliseconds), period }),
    },
    period,
  });
}

/** 100 − 99.9 is not quite 0.1 to a computer. */
function round(value: number): number {
  return Number(value.toFixed(4));
}
