import { markdownTable } from '../markdown-table.ts';
import { percentile } from '../percentile.ts';
import { runTable } from '../run-table.ts';
import type { HistoriesMeasured, VariantMeasured } from './histories.ts';
import type { LoadRun } from './load.ts';
import type { RepeatRun } from './repeats.ts';
import { distanceOf } from './two-samples.ts';
import { STANDINGS, type WireRun } from './wire.ts';

export interface ReservationsResults {
  readonly seed: number;
  readonly date: Date;
  readonly seconds: number;
  readonly wire?: readonly WireRun[];
  readonly load?: { readonly runs: readonly LoadRun[]; readonly repeats: readonly RepeatRun[] };
  readonly histories?: HistoriesMeasured;
  readonly variants?: readonly VariantMeasured[];
}

const PACKAGES = ['@aws-sdk/client-dynamodb', 'amplify-dynamodb-simulator', 'fast-check'];
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/** What was measured, as Markdown. */
export function reservationsReport(results: ReservationsResults): string {
  const { wire, load, histories, variants } = results;
  return `${[
    '# The bench of reservations',
    '`npm run bench -- reservations` measures on this machine and writes this file and [write-units.md](../docs/write-units.md); with `--quick` from ' +
      'few samples, and with `--only histories|wire|load|units` one part, it only prints. `--up-to N` runs at most so many histories.',
    runTable({ ...results, packages: PACKAGES }),
    ...(wire ? wireSections(wire) : []),
    ...(load ? [...loadSections(load.runs), ...repeatSections(load.repeats)] : []),
    ...(histories ? historySections(histories) : []),
    ...(variants ? variantSections(variants) : []),
  ].join('\n\n')}\n`;
}

function wireSections(runs: readonly WireRun[]): readonly string[] {
  return [
    '## What a form tells of an address',
    'Forms for addresses of every standing in random order, each from a sender within its limit, timed from sending to the last byte of ' +
      'the answer, on the local host.',
    ...runs.flatMap(wireRun),
    [
      '- `exceeds`: chance that an answer takes longer than one for a new address; 0.5 tells nothing (Mann and Whitney). `KS`: greatest distance',
      '  of the distributions. `p`: how often chance alone gives as much.',
      '- `samples to tell`: answers that an observer who knows how long a new address takes has to see until 19 of 20 times he tells that this one',
      '  is not new, and 1 of 20 times says so of a new one; `not seen` where p is above 0.05. A mailbox takes 5 forms an hour and 10 a day: all later ones are `mailbox full`.',
    ].join('\n'),
  ];
}

function wireRun({ atOnce, answers }: WireRun): readonly string[] {
  const timesOf = (standing: (typeof STANDINGS)[number]): readonly number[] =>
    (answers.get(standing) ?? []).map(({ milliseconds }) => milliseconds);
  const known = timesOf('new');
  const all = [...answers.values()].flat();
  const kinds = (key: (answer: (typeof all)[number]) => string): number => new Set(all.map(key)).size;
  return [
    `### ${atOnce === 1 ? 'One at a time' : `${atOnce} at once`}`,
    `${all.length} answers: ${kinds(({ status }) => String(status))} status, ${kinds(({ body }) => body)} body, ` +
      `${kinds(({ headers }) => headers.join())} list of header names.`,
    markdownTable(
      [
        'address',
        'answers',
        ...SHARES.map((share) => `p${share * 100} ms`),
        'exceeds',
        'p',
        'KS',
        'p',
        'samples to tell',
      ],
      STANDINGS.map((standing) => {
        const times = timesOf(standing);
        const { exceeds, mannWhitneyP, ks, ksP, samplesToTell } = distanceOf(known, times);
        const held =
          standing === 'new'
            ? ['', '', '', '', '']
            : [
                exceeds.toFixed(2),
                chance(mannWhitneyP),
                ks.toFixed(2),
                chance(ksP),
                samplesText(mannWhitneyP, samplesToTell),
              ];
        return [standing, String(times.length), ...SHARES.map((share) => percentile(times, share).toFixed(1)), ...held];
      }),
    ),
  ];
}

function chance(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

function samplesText(p: number, samples: number): string {
  // A shift that chance alone may have made says nothing of how many would show it.
  return p > 0.05 ? 'not seen' : String(samples);
}

function loadSections(runs: readonly LoadRun[]): readonly string[] {
  return [
    '## Under load',
    'The same emulator and the same run. The local host runs up to four environments of a function; what comes beyond waits, as it would not ' +
      'on Lambda. The bare PutItem writes one item as large as all rows of a form.',
    markdownTable(
      ['what', 'at once', 'requests', 'p50 ms', 'p95 ms', 'a second'],
      runs.map(({ name, atOnce, milliseconds, seconds }) => [
        name,
        String(atOnce),
        String(milliseconds.length),
        percentile(milliseconds, 0.5).toFixed(1),
        percentile(milliseconds, 0.95).toFixed(1),
        (milliseconds.length / seconds).toFixed(0),
      ]),
    ),
  ];
}

function repeatSections(runs: readonly RepeatRun[]): readonly string[] {
  return [
    '## The same form at once',
    'One form under one `Idempotency-Key`: over HTTP each from a sender of its own, of which the host’s four environments work on four at a ' +
      'time; and by the function’s own code in one process, where all are under way together.',
    markdownTable(
      ['how', 'forms', 'answers', 'reservations', 'facts', 'mails'],
      runs.map(({ how, forms, answers, reservations, facts, mails }) => [
        how,
        String(forms),
        [...answers].map(([answer, count]) => `${count} × ${answer}`).join(', '),
        String(reservations),
        String(facts),
        String(mails),
      ]),
    ),
  ];
}

function historySections({ run, atOnce, seconds }: HistoriesMeasured): readonly string[] {
  const { histories, occurrences, counts } = run;
  return [
    '## Histories under faults',
    `${histories} histories of two people each, ${atOnce} at once, ${(histories / seconds).toFixed(1)} a second. After each the tables were held ` +
      'against what callers had been told, and after all the facts against all of them: nothing was found.',
    markdownTable(
      ['fault', 'times'],
      [...occurrences].toSorted(([, a], [, b]) => b - a).map(([what, times]) => [what, String(times)]),
    ),
    markdownTable(
      ['counted', 'times'],
      Object.entries(counts).map(([what, times]) => [what, String(times)]),
    ),
  ];
}

function variantSections(variants: readonly VariantMeasured[]): readonly string[] {
  return [
    '## Broken on purpose',
    'The same histories over tables that are broken in one way each, until one sees it.',
    markdownTable(
      ['broken', 'whole histories before it was seen', 'seen as'],
      variants.map(({ name, histories, seenAs }) => [
        name,
        seenAs === undefined ? `**not seen** in ${histories}` : String(histories),
        seenAs ?? '',
      ]),
    ),
  ];
}
