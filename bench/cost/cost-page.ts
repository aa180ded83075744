import { markdownTable } from '../markdown-table.ts';
import { runTable } from '../run-table.ts';
import {
  type CostLine,
  costOf,
  type Holdings,
  LAMBDA_SLOWDOWN,
  monthAtRest,
  PLATFORM_LOG_BYTES,
  type Traffic,
  total,
  withCache,
} from './cost-model.ts';
import { PRICES } from './prices.ts';

export interface CostFigures {
  readonly search: Traffic;
  readonly reservation: Traffic;
  readonly holdings: Holdings;
  readonly seed: number;
  readonly date: Date;
  readonly seconds: number;
}

const SEARCHES = 1_000_000;
const RESERVATIONS = 100_000;
const HIT_SHARES = [0, 0.8, 0.95] as const;
const PACKAGES = ['@aws-sdk/client-dynamodb', 'amplify-dynamodb-simulator'];

/** What it costs, as Markdown. */
export function costPage(figures: CostFigures): string {
  const { search, reservation, holdings } = figures;
  const { alarms } = holdings;
  const searches = HIT_SHARES.map((share) => costOf(withCache(search, share), SEARCHES));
  const reservations = costOf(reservation, RESERVATIONS);
  const mails = total(reservations.filter(({ name }) => name.startsWith('SES')));
  const month = monthAtRest(holdings);
  const targets = [
    ['a million searches, 80 % from the cache', 2.2, total(searches[1] ?? [])],
    ['100,000 reservations, besides mails', 3, total(reservations) - mails],
    ['a month at rest', 40, total(month)],
  ] as const;
  return `${[
    '# What it costs',
    'Written by `npm run bench cost`: units are measured on DynamoDB Local as AWS charges them, what functions take and log on the whole local stack; prices are the list ' +
      'prices of us-east-1 in `bench/cost/prices.ts`, without free tiers and discounts.',
    runTable({ ...figures, packages: PACKAGES }),
    '## Targets',
    markdownTable(
      ['for', 'at most', 'is', 'reached'],
      targets.map(([what, most, is]) => [what, dollars(most), dollars(is), is <= most ? 'yes' : '**no**, see below']),
    ),
    '## A million searches',
    markdownTable(['part', ...HIT_SHARES.map((share) => `${share * 100} % from the cache`)], rowsOf(searches)),
    whySearches(searches[1] ?? []),
    '## 100,000 reservations',
    `Each is a form with its \`Idempotency-Key\`, a confirmation and a lead to a store with people and a CRM: ${number(reservation.writeUnits)} write units, ${number(reservation.readUnits)} read units, ${reservation.mails} mails ` +
      '([write-units.md](write-units.md) has every step).',
    markdownTable(['part', ''], rowsOf([reservations])),
    WHY_RESERVATIONS,
    '## A month at rest',
    markdownTable(['part', ''], rowsOf([month])),
    `${holdings.webAclRules} firewall rules, ${alarms.alarms} alarms of ${alarms.metrics} metrics, which is what they are charged by, and ${alarms.composite} composed of them, ${holdings.metrics} metrics of our own, ${holdings.secrets} secrets. What is stored comes to it: a million reservations with all that ` +
      'belongs to them are about 5 GB, $1.25 a month and $1 for 35 days of recovery.',
    '## How it is counted',
    markdownTable(
      ['function', 'runs each', 'ms', 'MB', 'log bytes'],
      [...search.functions, ...reservation.functions, ...holdings.scheduled.map((run) => ({ ...run, runs: 1 }))].map(
        (run) => [
          run.name,
          number(run.runs),
          run.milliseconds.toFixed(1),
          String(run.memoryMegabytes),
          run.logBytes.toFixed(0),
        ],
      ),
    ),
    `- Durations are of this machine, waits for the database included, and are taken ${LAMBDA_SLOWDOWN} times as long in Lambda. Cold starts come to it: at one in a hundred runs some 3 ms each.\n` +
      `- To what functions log come ${PLATFORM_LOG_BYTES} bytes a run that Lambda writes itself.\n` +
      '- A search reads as an instance that holds the index and no store; counting it is a write transaction for each batch of lines, taken as one for each search.\n' +
      '- CloudFront’s flat-rate plans (since November 2025: $15 a month for 10 million requests, firewall, functions and log intake included) would replace its lines and the firewall’s: with them a million searches at 80 % cost less than half. ' +
      'They are a choice in the console, for each distribution.\n' +
      `- Prices: [CloudFront](https://aws.amazon.com/cloudfront/pricing/), [WAF](https://aws.amazon.com/waf/pricing/), [API Gateway](https://aws.amazon.com/api-gateway/pricing/), [Lambda](https://aws.amazon.com/lambda/pricing/), ` +
      '[DynamoDB](https://aws.amazon.com/dynamodb/pricing/on-demand/), [CloudWatch](https://aws.amazon.com/cloudwatch/pricing/), [SES](https://aws.amazon.com/ses/pricing/); ' +
      `a million write units ${dollars(PRICES.dynamoDb.perWriteUnit * 1e6)}, a million requests of CloudFront ${dollars(PRICES.cloudFront.perRequest * 1e6)} and of the firewall ${dollars(PRICES.waf.perRequest * 1e6)}.`,
  ].join('\n\n')}\n`;
}

/** What no cache saves. */
function whySearches(lines: readonly CostLine[]): string {
  const atTheEdge = total(lines.filter(({ name }) => name.startsWith('CloudFront') || name === 'WAF'));
  return (
    `The edge alone is ${dollars(atTheEdge)} of a million, however often its cache answers: requests, the function that gives equal questions one key, and the firewall. What reaches the functions could cost less still: ` +
    'without Lambda’s own START and REPORT lines and without traces it is some 15 cents less at 80 %, and whoever is on call would miss them.'
  );
}

const WHY_RESERVATIONS =
  'Writes are most of it, and what makes a reservation safe: every row of a step is in a transaction, which doubles it; each of four mails is claimed before it is sent and settled afterwards, so that ' +
  'none is lost when a sender dies; the ledger’s two indexes hold each lead. Provisioned capacity with auto scaling would take a fifth of that price at a steady rate, and throttle a launch’s first minute.';

/** A row a part with what it costs in each case, the dearest first, and the sum. */
function rowsOf(cases: readonly (readonly CostLine[])[]): string[][] {
  const [first = []] = cases;
  const rows = first.map(({ name }, part) => ({ name, costs: cases.map((lines) => lines[part]?.dollars ?? 0) }));
  return [
    ...rows
      .filter(({ costs }) => costs.some((cost) => cost >= 0.005))
      .toSorted((a, b) => (b.costs.at(-1) ?? 0) - (a.costs.at(-1) ?? 0))
      .map(({ name, costs }) => [name, ...costs.map(dollars)]),
    ['**all**', ...cases.map((lines) => `**${dollars(total(lines))}**`)],
  ];
}

function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

function number(value: number): string {
  return value.toFixed(value < 10 && !Number.isInteger(value) ? 1 : 0);
}
