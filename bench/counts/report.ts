import { markdownTable } from '../markdown-table.ts';
import { type BenchRun, runTable } from '../run-table.ts';
import type { FaultsRun } from './faults.ts';
import type { PlainCost } from './plain.ts';
import type { Answered } from './questions.ts';

export interface SizeRun {
  readonly reservations: number;
  readonly facts: number;
  readonly factsLoaded: number;
  readonly rollUpSeconds: number;
  readonly answers: readonly Answered[];
  readonly plain: readonly PlainCost[];
}

interface CountsReport extends Omit<BenchRun, 'packages'> {
  readonly runs: readonly SizeRun[];
  readonly faults: FaultsRun | undefined;
  /** Of the machine, over the last 15 minutes. */
  readonly load: number;
}

const REACH_MILLISECONDS = 500;
const REACH_SHARE = 1 / 50;
/** What is to be reached is said of a million. */
const REACH_RESERVATIONS = 1_000_000;
const REACH_GROWTH = 2;

export function countsReport({ runs, faults, load, ...run }: CountsReport): string {
  const sections = [
    '# Counting, measured',
    '`npm run bench counts` writes this page. A year of seeded interest, spread as people live in the US: the nearest store for most, growing over the year; 85 % confirm, of these 8 % withdraw and 4 % change. Every answer was held against a count of all facts, one by one.',
    runTable({ ...run, packages: ['@aws-sdk/lib-dynamodb', 'amplify-dynamodb-simulator'] }),
    `The machine is shared: its load over 15 minutes was ${load.toFixed(1)} at the end. Latencies are of DynamoDB Local and this process together, on these processors.`,
    'To be reached at 1,000,000: under 500 ms, at most 1/50 of the cheaper plain way, and with ten times the people at most twice the read units of closed days. Groupings by one or two keys read views. Three dimensions at once (two keys and a filter) have no view: they read columns of every distinct tuple, which grow with the people.',
    ...runs.flatMap(sizeSection),
    ...(runs.length > 1 ? [growthSection(runs)] : []),
    ...(faults === undefined ? [] : [faultsSection(faults)]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function sizeSection({ reservations, facts, factsLoaded, rollUpSeconds, answers, plain }: SizeRun): readonly string[] {
  const cheapest = Math.min(...plain.map(({ readUnits }) => readUnits));
  return [
    `## ${number(reservations)} reservations, ${number(facts)} facts`,
    `Rolled up in ${rollUpSeconds.toFixed(0)} s, by the code of \`roll-up-counts\`. ${
      factsLoaded === facts
        ? 'All facts are in the table.'
        : `Of the facts the ${number(factsLoaded)} of the last day are in the table; the roll-ups were made from the same seeded facts in memory, which the emulator would take half an hour to load.`
    } It is 15:40 of the last day: its hours up to 15 are closed.`,
    markdownTable(
      [
        'count',
        'groups',
        'p50 ms',
        'requests',
        'read units',
        'of the cheaper plain way',
        'read from',
        'JSON',
        'JSON, gzip',
        'CSV',
      ],
      answers.map((answer) => [
        answer.question,
        number(answer.groups),
        `${answer.milliseconds.toFixed(0)}${answer.milliseconds > REACH_MILLISECONDS ? ' **missed**' : ''}`,
        String(answer.requests),
        number(answer.readUnits),
        `1/${(cheapest / answer.readUnits).toFixed(0)}${reservations >= REACH_RESERVATIONS && answer.readUnits > cheapest * REACH_SHARE ? ' **missed**' : ''}`,
        answer.from,
        bytes(answer.jsonBytes),
        bytes(answer.jsonGzipBytes),
        bytes(answer.csvBytes),
      ]),
    ),
    markdownTable(
      ['plain way', 'ms', 'requests', 'read units'],
      plain.map(({ way, milliseconds, requests, readUnits }) => [
        way,
        milliseconds === undefined ? 'not loaded' : milliseconds.toFixed(0),
        number(requests),
        number(readUnits),
      ]),
    ),
  ];
}

function growthSection(runs: readonly SizeRun[]): string {
  const [small, large] = runs.slice(-2);
  const rows = (large?.answers ?? []).map((answer) => {
    const before = small?.answers.find(({ question }) => question === answer.question);
    const growth = answer.closedReadUnits / (before?.closedReadUnits ?? Number.NaN);
    return [
      answer.question,
      number(before?.closedReadUnits ?? Number.NaN),
      number(answer.closedReadUnits),
      number(before?.readUnits ?? Number.NaN),
      number(answer.readUnits),
      `× ${growth.toFixed(1)}${growth > REACH_GROWTH ? ' **missed**' : ''}`,
    ];
  });
  return [
    '## Ten times the people',
    `Read units at ${number(small?.reservations ?? 0)} and at ${number(large?.reservations ?? 0)} reservations, of closed days alone and with the last day, whose open hours are read fact by fact. Of closed days they grow with the distinct groups of each day and month, so they stand still where all groups are met, and grow where most groups are met by few: that is what is missed here.`,
    markdownTable(
      ['count', 'closed, before', 'closed, after', 'with today, before', 'after', 'growth of closed'],
      rows,
    ),
  ].join('\n\n');
}

function faultsSection(faults: FaultsRun): string {
  return [
    '## Under faults',
    `${faults.runs} seeded runs over the end of a month: people ask, confirm, change and withdraw while roll-ups, rebuilds, counts and audits go on. Requests are lost, time out, are done twice, throttled and refused: 5 % of those of people, 0.5 % of those of roll-ups and rebuilds. Each count lay between what was committed before it and what had been tried by its end; each audit found nothing; at the end of each run every count by one key was that of all facts, and \`active\` the reservations that stand.`,
    markdownTable(
      [
        'transitions',
        'facts',
        'faults',
        'roll-ups done',
        'rebuilds done',
        'counts meanwhile',
        'audits meanwhile',
        'drift',
      ],
      [
        [
          ...(['transitions', 'facts', 'faults', 'rollUps', 'rebuilds', 'counts', 'audits'] as const).map((name) =>
            number(faults[name]),
          ),
          '0',
        ],
      ],
    ),
  ].join('\n\n');
}

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

function bytes(value: number): string {
  return value < 10_000
    ? `${(value / 1000).toFixed(1)} KB`
    : value < 1_000_000
      ? `${(value / 1000).toFixed(0)} KB`
      : `${(value / 1e6).toFixed(1)} MB`;
}
