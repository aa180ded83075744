import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchOptions } from '../bench-options.ts';
import { markdownTable } from '../markdown-table.ts';
import { runTable } from '../run-table.ts';
import { type ChaosReport, runChaos } from './chaos-run.ts';

const SEED = 20_261_126;
const REPORT = join(import.meta.dirname, '..', 'chaos.md');
const FULL = { seconds: 600, leastNumbers: 200, lanes: 12, killEverySeconds: 60 };
const QUICK = { seconds: 60, leastNumbers: 10, lanes: 6, killEverySeconds: 20 };

/** Ten minutes of everything at once, then the truth. Ends with 1 when anything is not as it was told. */
export async function runChaosBench({ quick }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1_000;
  const plan = quick ? QUICK : FULL;
  const report = await runChaos({
    ...plan,
    seed: SEED,
    say: (progress) => console.error(`${seconds().toFixed(0).padStart(4)} s  ${progress}`),
  });
  const text = chaosReport(report, plan, seconds());
  console.log(text);
  if (!quick) await writeFile(REPORT, text);
  for (const problem of report.problems) console.error(problem);
  if (report.problems.length > 0) process.exitCode = 1;
}

function chaosReport(report: ChaosReport, plan: typeof FULL, seconds: number): string {
  const { buyers, occurrences, rows, problems, drainSeconds } = report;
  const count = (fits: (buyer: (typeof buyers)[number]) => boolean): string => String(buyers.filter(fits).length);
  return `${[
    '# Chaos',
    '`npm run bench -- chaos` lets buyers, stores and marketing live on the local host for ten minutes, while everything fails that can, and then holds what they were told against what the ' +
      'tables hold; it writes this file. With `--quick` it is one minute and only prints; a minute of it is in `npm test` too.',
    runTable({
      seed: SEED,
      date: new Date(),
      seconds,
      packages: ['@aws-sdk/client-dynamodb', 'amplify-dynamodb-simulator'],
    }),
    `**${problems.length} problems.** ${plan.lanes} buyers at a time for ${plan.seconds} s; then, without faults, all that was due was sent in ${drainSeconds.toFixed(0)} s. The seed decides what is tried and what fails; ` +
      'what meets what is decided by the machine, so no two runs are alike.',
    '## What buyers did',
    markdownTable(
      ['', 'buyers'],
      [
        ['lived through their journey', count(() => true)],
        ['were told that a form is accepted', count(({ accepted }) => accepted > 0)],
        ['were told a number', count(({ numbers }) => numbers.size > 0)],
        ['were told of a change', count(({ changes }) => changes > 0)],
        ['were told that they are forgotten', count(({ withdrawal }) => withdrawal === 'told')],
        [
          'were never told how something ended',
          count(({ mayHold, withdrawal }) => mayHold.length > 1 || withdrawal === 'unknown'),
        ],
      ],
    ),
    '## What happened',
    markdownTable(
      ['', 'times'],
      [...occurrences].map(([what, times]) => [what, String(times)]),
    ),
    '## What is held to be true afterwards',
    [
      'nothing that was told is lost: accepted forms as they were filled in, each with a link that confirms, numbers, changes, withdrawals, of which no trace is left in any table, leads that a store has taken on',
      'what nobody was told the end of is done or not, and nothing between',
      'one reservation a person, a pointer to each, no number twice, everyone once in the line of their store',
      'facts are the reservations in every group there is, and the counts that marketing is told from the roll-ups are the facts, in all and by store, model, state, ZIP3 and day',
      'each reservation with a store has its lead, which the store got on each of its channels as it stands; a store that lost one it had got is told; every delivery that is marked as sent was taken, and none was given up',
      'nothing is left to be sent, no delivery and no lead belongs to nobody',
      'the table holds the stores of the last import, searches equal a scan of them, and each during the storm equalled a scan of one import',
      'no log line has a person’s data',
    ]
      .map((line) => `- ${line}`)
      .join('\n'),
    markdownTable(
      ['table', 'rows'],
      Object.entries(rows).map(([table, size]) => [`\`${table}\``, String(size)]),
    ),
    ...(problems.length > 0 ? ['## Problems', problems.map((problem) => `- ${problem}`).join('\n')] : []),
  ].join('\n\n')}\n`;
}
