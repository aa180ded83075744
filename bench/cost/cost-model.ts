import type { ChargedAlarms } from './charged-alarms.ts';
import { GIGABYTE, PRICES, TRACED_SHARE } from './prices.ts';

/** What one run of a function took, as it was measured on this machine. */
export interface FunctionRun {
  readonly name: string;
  /** Runs that one unit of the traffic causes, such as a search or a reservation. */
  readonly runs: number;
  /** From the event to the answer, the waits for the database included. */
  readonly milliseconds: number;
  readonly memoryMegabytes: number;
  /** What it writes to its log. */
  readonly logBytes: number;
}

/** What one unit of some traffic asks of each part. */
export interface Traffic {
  readonly functions: readonly FunctionRun[];
  /** Requests that reach CloudFront, those included that its cache answers. */
  readonly edgeRequests: number;
  /** Those of them that go through a CloudFront Function. */
  readonly edgeFunctionRuns: number;
  /** Those that reach the API. */
  readonly apiRequests: number;
  /** What viewers are sent, compressed, headers included. */
  readonly bytesOut: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly mails: number;
}

export interface CostLine {
  readonly name: string;
  readonly dollars: number;
}

/** How much slower a function runs in Lambda, at 1 GB of memory and so 0.58 of a processor, than on this machine's own. */
export const LAMBDA_SLOWDOWN = 2;
/** START and REPORT, which Lambda itself writes for each run as JSON, with what CloudWatch adds to each event. */
export const PLATFORM_LOG_BYTES = 900;
/** The line of the API's access log. */
const ACCESS_LOG_BYTES = 250;

/** What so many units of the traffic cost, by part; mails are a line of their own. */
export function costOf(traffic: Traffic, units: number): readonly CostLine[] {
  const { cloudFront, waf, httpApi, lambda, dynamoDb, logs, xRay, ses } = PRICES;
  const runs = sum(traffic.functions.map((run) => run.runs));
  const gigabyteSeconds = sum(
    traffic.functions.map(
      (run) => run.runs * (run.memoryMegabytes / 1024) * ((run.milliseconds * LAMBDA_SLOWDOWN) / 1000),
    ),
  );
  const logBytes =
    sum(traffic.functions.map((run) => run.runs * (run.logBytes + PLATFORM_LOG_BYTES))) +
    traffic.apiRequests * ACCESS_LOG_BYTES;
  const lines: Readonly<Record<string, number>> = {
    'CloudFront, requests': traffic.edgeRequests * cloudFront.perRequest,
    'CloudFront, functions': traffic.edgeFunctionRuns * cloudFront.perFunctionRun,
    'CloudFront, bytes out': (traffic.bytesOut / GIGABYTE) * cloudFront.perGigabyteOut,
    WAF: traffic.edgeRequests * waf.perRequest,
    'HTTP API': traffic.apiRequests * httpApi.perRequest,
    Lambda: runs * lambda.perRequest + gigabyteSeconds * lambda.perGigabyteSecond,
    'DynamoDB, writes': traffic.writeUnits * dynamoDb.perWriteUnit,
    'DynamoDB, reads': traffic.readUnits * dynamoDb.perReadUnit,
    'CloudWatch Logs': (logBytes / GIGABYTE) * logs.perGigabyteIn,
    'X-Ray': traffic.apiRequests * TRACED_SHARE * xRay.perTrace,
    'SES, mails': traffic.mails * ses.perMail,
  };
  return Object.entries(lines).map(([name, dollars]) => ({ name, dollars: dollars * units }));
}

/** The same search, answered by the edge's cache so often. @param hitShare 0 to 1 */
export function withCache(search: Traffic, hitShare: number): Traffic {
  const missShare = 1 - hitShare;
  return {
    ...search,
    functions: search.functions.map((run) => ({ ...run, runs: run.runs * missShare })),
    apiRequests: search.apiRequests * missShare,
    writeUnits: search.writeUnits * missShare,
    readUnits: search.readUnits * missShare,
  };
}

/** What the template has that costs by the month, whether anybody comes or not. */
export interface Holdings {
  readonly webAcls: number;
  readonly webAclRules: number;
  readonly alarms: ChargedAlarms;
  readonly metrics: number;
  readonly dashboards: number;
  readonly secrets: number;
  readonly keys: number;
  /** What runs by itself, with its runs of a month. */
  readonly scheduled: readonly FunctionRun[];
  /** What the canary asks of the site in a month, and the functions that answer it. */
  readonly canaryRequests: number;
}

/** Of the functions that the canary asks, about. */
const CANARY_ANSWERER = { name: 'asked by the canary', milliseconds: 10, memoryMegabytes: 1024, logBytes: 400 };
const CANARY_ANSWER_BYTES = 2_000;

/** What a month costs at rest, by part. */
export function monthAtRest(holdings: Holdings): readonly CostLine[] {
  const { waf, cloudWatch, secretsManager, kms } = PRICES;
  const { alarms, scheduled, canaryRequests } = holdings;
  const alone = { writeUnits: 0, readUnits: 0, mails: 0, bytesOut: canaryRequests * CANARY_ANSWER_BYTES };
  const asked = { edgeRequests: canaryRequests, edgeFunctionRuns: canaryRequests, apiRequests: canaryRequests };
  const answering = { ...CANARY_ANSWERER, runs: canaryRequests };
  const byItself = total(costOf({ functions: [...scheduled, answering], ...alone, ...asked }, 1));
  return [
    {
      name: 'WAF, web ACL and rules',
      dollars: holdings.webAcls * waf.perWebAclMonth + holdings.webAclRules * waf.perRuleMonth,
    },
    {
      name: 'CloudWatch, alarms',
      dollars: alarms.metrics * cloudWatch.perAlarmMetricMonth + alarms.composite * cloudWatch.perCompositeAlarmMonth,
    },
    { name: 'CloudWatch, metrics of our own', dollars: holdings.metrics * cloudWatch.perMetricMonth },
    { name: 'CloudWatch, dashboards', dollars: holdings.dashboards * cloudWatch.perDashboardMonth },
    { name: 'Secrets Manager', dollars: holdings.secrets * secretsManager.perSecretMonth },
    { name: 'KMS', dollars: holdings.keys * kms.perKeyMonth },
    { name: 'schedules that find nothing to do, and the canary', dollars: byItself },
  ];
}

export function total(lines: readonly CostLine[]): number {
  return sum(lines.map(({ dollars }) => dollars));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
