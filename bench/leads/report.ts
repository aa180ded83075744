import { RUN_MILLISECONDS } from '../../shared/outbox/dispatch-run.ts';
import { markdownTable } from '../markdown-table.ts';
import { percentile } from '../percentile.ts';
import { runTable } from '../run-table.ts';
import type { FormsRun } from './burst.ts';
import { type DrainRun, MAIL_MILLISECONDS, MAILS_PER_SECOND } from './drain.ts';
import { REQUEST_MILLISECONDS } from './drain-clock.ts';
import type { HandoverRun } from './handover.ts';
import { LOOK_MILLISECONDS } from './inbox-watch.ts';

export interface LeadsResults {
  readonly seed: number;
  readonly date: Date;
  readonly seconds: number;
  /** Processes that wanted a processor, on average over the last 15 minutes of the run. */
  readonly load: number;
  readonly handovers?: readonly HandoverRun[];
  readonly forms?: readonly FormsRun[];
  readonly drains?: readonly DrainRun[];
}

const PACKAGES = ['@aws-sdk/client-dynamodb', 'amplify-dynamodb-simulator', 'aws-ses-v2-local'];

/** What was measured, as Markdown. */
export function leadsReport(results: LeadsResults): string {
  const { handovers, forms, drains } = results;
  return `${[
    '# The bench of leads',
    '`npm run bench -- leads` measures on this machine and writes this file; with `--quick` from few samples, and with ' +
      '`--only handover|drain|burst` one part, it only prints.',
    runTable({ ...results, packages: PACKAGES }),
    `The machine was shared: in the 15 minutes to the end of the run ${results.load.toFixed(1)} processes wanted a processor at a time, on ` +
      'average, this bench’s own among them. Times by the wall’s clock are longer for it; counts are not touched.',
    ...(handovers ? handoverSections(handovers) : []),
    ...(drains ? drainSections(drains) : []),
    ...(forms ? formsSections(forms) : []),
  ].join('\n\n')}\n`;
}

function handoverSections(runs: readonly HandoverRun[]): readonly string[] {
  return [
    '## From the confirmation to the store',
    'Reservations at a store with people and a CRM, on the local host: from the answer of `POST /v1/interests/confirm` until the mail was seen ' +
      `in the inbox, which was looked at every ${LOOK_MILLISECONDS} ms. Each buyer confirms when the one before, or one of those at once, has had all three ` +
      `mails; every lead is three, of which the account sends ${MAILS_PER_SECOND} a second.`,
    markdownTable(
      ['mail', 'at once', 'leads', 'p50 ms', 'p95 ms', 'most ms'],
      runs.flatMap(({ atOnce, milliseconds }) =>
        Object.entries(milliseconds).map(([channel, times]) => [
          channel,
          String(atOnce),
          String(times.length),
          percentile(times, 0.5).toFixed(0),
          percentile(times, 0.95).toFixed(0),
          Math.max(...times).toFixed(0),
        ]),
      ),
    ),
    'The local host polls the stream for the functions, as Lambda does, at an interval of its own; on AWS this part is Lambda’s.',
  ];
}

function drainSections(runs: readonly DrainRun[]): readonly string[] {
  return [
    '## An outbox that was left',
    `Confirmed reservations at 300 stores, three mails each, lie in the outbox; no stream, sweeps alone, of ${RUN_MILLISECONDS / 1_000} s each and one a ` +
      `minute, over the real tables on the emulator. The sender of mails takes ${MAIL_MILLISECONDS} ms for each and counts; ${MAILS_PER_SECOND} a second are allowed.`,
    markdownTable(
      [
        'clock',
        'sweeps at once',
        'due',
        'delivered',
        'lost',
        'sent twice',
        'faults',
        'most in a second',
        'most in any 1,000 ms',
        'runs',
        'took',
        'a second',
        'by the wall',
      ],
      runs.map((run) => [
        run.clock,
        String(run.senders),
        String(run.due),
        String(run.delivered),
        String(run.lost),
        String(run.duplicated),
        String(run.faults),
        String(run.mostInSecond),
        String(run.mostInSpan),
        String(run.runs),
        `${run.seconds.toFixed(0)} s`,
        (run.due / run.seconds).toFixed(1),
        `${run.realSeconds.toFixed(0)} s`,
      ]),
    ),
    [
      `- The virtual clock stands still while anything is computed or asked of a table; then a request has taken ${REQUEST_MILLISECONDS} ms of it and a mail ${MAIL_MILLISECONDS} ms,`,
      '  and it goes on to the next moment that somebody waits for. It tells what the pace, the runs and the minute between them make of so many',
      '  mails with tables as quick as that, not how quick the emulator is. The real clock’s rows are the same code with nothing put forward.',
      '- `most in a second` is of seconds of the clock, of which the limit is counted; a mail whose turn came late in one may go out early in the',
      '  next. Spans of 1,000 ms anywhere may meet two seconds’ turns.',
      ...runs
        .filter(({ clock }) => clock === 'virtual')
        .map(
          ({ due, seconds }) =>
            `- At this rate 10,000 deliveries take ${((10_000 / due) * (seconds / 60)).toFixed(1)} minutes.`,
        ),
    ].join('\n'),
  ];
}

function formsSections(runs: readonly FormsRun[]): readonly string[] {
  return [
    '## Forms in a burst of leads',
    'Forms for new addresses one at a time, on the local host: with nothing else to do, and while leads are confirmed eight at once and sent. ' +
      'The host, its functions, the emulator and this bench share the processors, as nothing on AWS does.',
    markdownTable(
      [
        'leads',
        'forms',
        'answer p50 ms',
        'p95 ms',
        'store’s mails still to come after the last answer',
        'last confirmation mail in after',
      ],
      runs.map(({ leads, answerMilliseconds, mailsLeft, seconds }) => [
        String(leads),
        String(answerMilliseconds.length),
        percentile(answerMilliseconds, 0.5).toFixed(1),
        percentile(answerMilliseconds, 0.95).toFixed(1),
        leads === 0 ? '' : `${mailsLeft} of ${leads * 2}`,
        `${seconds.toFixed(0)} s`,
      ]),
    ),
    'An answer waits for no mail. The confirmation mails stand in the one line for the account’s rate, so they come later in a burst; the last ' +
      'column is from the first form.',
  ];
}
