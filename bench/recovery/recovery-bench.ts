import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localDynamoDb } from '../../test/support/table.ts';
import type { BenchOptions } from '../bench-options.ts';
import { markdownTable } from '../markdown-table.ts';
import { runTable } from '../run-table.ts';
import { withEmulator } from '../with-emulator.ts';
import { type Rehearsed, rehearse } from './rehearsal.ts';

const SEED = 20_261_126;
const REPORT = join(import.meta.dirname, '..', 'recovery.md');
const FULL = 4_000;
const QUICK = 200;
/** For the tables of them all. */
const HEAP_MEGABYTES = 1_000;

interface LogLine {
  readonly text: string;
  readonly seconds: number;
}

/** Rehearses the loss of the reservations table, as docs/recovery.md has it. Prints its log; writes it to bench/recovery.md when it is whole. */
export async function runRecoveryBench({ quick }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const lines: LogLine[] = [];
  const rehearsed = await withEmulator(
    (endpoint) =>
      rehearse(localDynamoDb(endpoint), {
        buyers: quick ? QUICK : FULL,
        seed: SEED,
        say(text, milliseconds) {
          lines.push({ text, seconds: milliseconds / 1_000 });
          console.error(`${(milliseconds / 1_000).toFixed(1).padStart(7)} s  ${text}`);
        },
      }),
    HEAP_MEGABYTES,
  );
  const report = recoveryReport(lines, rehearsed, (performance.now() - startedAt) / 1_000);
  console.log(report);
  if (!quick) await writeFile(REPORT, report);
  if (rehearsed.failures.length > 0) process.exitCode = 1;
}

function recoveryReport(lines: readonly LogLine[], rehearsed: Rehearsed, seconds: number): string {
  const { mended, after, drift, driftLater } = rehearsed;
  const of = (some: number, all: number): string => `${some} of ${all}`;
  return `${[
    '# Recovery rehearsed',
    'The reservations table is lost, comes back as it was two hours before, and is made right by what `npm run recovery` runs ' +
      '([docs/recovery.md](../docs/recovery.md)). People live through the functions’ own code on DynamoDB Local. Written by `npm run bench recovery`.',
    runTable({
      seed: SEED,
      date: new Date(),
      seconds,
      packages: ['amplify-dynamodb-simulator', '@aws-sdk/client-dynamodb'],
    }),
    '## The log',
    markdownTable(
      ['seconds', 'step'],
      lines.map(({ text, seconds: took }) => [took.toFixed(1), text]),
    ),
    '## What came of it',
    markdownTable(
      ['', ''],
      [
        [
          'withdrawn after the restored point, and held again by the restored table',
          of(rehearsed.heldAgain, rehearsed.withdrawnSince),
        ],
        ['tombstones written by `erase`; by running it again', `${rehearsed.erased}; ${rehearsed.erasedTwice}`],
        ['rows of all tables that name someone who has withdrawn', String(rehearsed.rowsOfErased)],
        ['mails sent to them afterwards', String(rehearsed.mailsToErased)],
        ['their manage links that work', String(rehearsed.linksOfErased)],
        ['manage links of those who stood at the point that work', of(rehearsed.standAgain, rehearsed.stoodAtPoint)],
        [
          'of those confirmed since, brought back from the ledger',
          of(rehearsed.confirmedAgain, rehearsed.confirmedSince),
        ],
        ['leads left for people to look at', String(after.misfits.leadsAstray.length)],
        ['steps that failed once the service went on', String(rehearsed.failures.length)],
        ['drift of the counts, after mending and after going on', [drift, driftLater].map(driftText).join('; ')],
      ],
    ),
    '## What was mended',
    markdownTable(
      ['', 'rows'],
      Object.entries(mended).map(([what, rows]) => [what, String(rows)]),
    ),
    'Times are those of this machine, and say how the steps compare. DynamoDB itself restores a table of any size in minutes to hours, which no emulator shows.',
  ].join('\n\n')}\n`;
}

function driftText({ groups, active, withdrawn, rollups }: Rehearsed['drift']): string {
  return String(groups + active + withdrawn + rollups);
}
