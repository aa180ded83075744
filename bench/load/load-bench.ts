import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { FACT_TABLE } from '../../shared/counts/fact-table.ts';
import { SENDER_LIMIT, windowOf } from '../../shared/limits/limit.ts';
import { reservationOfItem } from '../../shared/reservations/reservation-rows-table.ts';
import { RESERVATION_TABLE } from '../../shared/reservations/reservation-table.ts';
import { scanTables } from '../../test/support/stack-tables.ts';
import type { BenchOptions } from '../bench-options.ts';
import { markdownTable } from '../markdown-table.ts';
import { percentile } from '../percentile.ts';
import { runTable } from '../run-table.ts';
import { type FormTokens, formOf, openForm } from '../stack/form.ts';
import { sendOnce } from '../stack/send-once.ts';
import { StackProcess } from '../stack/stack-process.ts';
import { writeDealers } from '../stack/stores.ts';
import {
  collectTokens,
  type JourneyLedger,
  type LoadLevel,
  loadJourney,
  loadOne,
  newLedger,
  useManySenders,
} from './journey-load.ts';

const REPORT = join(import.meta.dirname, '..', 'load.md');
const FULL = { connections: [1, 4, 16, 64, 256, 1024], seconds: 15 };
const QUICK = { connections: [1, 8], seconds: 3 };
/** Throughput that grows by less from one level to the next has reached its most. */
const SATURATED_BELOW = 1.1;
const EXPECTED_STATUSES: ReadonlySet<number> = new Set([200, 202, 429, 503]);
const FLOOD_FORMS = 40;

interface LoadRun {
  readonly journey: readonly LoadLevel[];
  readonly hello: readonly LoadLevel[];
  readonly ledger: JourneyLedger;
  readonly flood: { readonly accepted: number; readonly refused: number; readonly withoutRetryAfter: number };
  /** What must not be. */
  readonly problems: readonly string[];
  /** Lines of the log that tell of a fault. */
  readonly faults: number;
}

/** A buyer's day on more and more connections at once, until the local host is saturated; then everything is counted. */
export async function runLoadBench({ quick }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const plan = quick ? QUICK : FULL;
  const folder = await mkdtemp(join(tmpdir(), 'load-'));
  const useFew = useManySenders();
  try {
    const run = await measure(folder, plan);
    const text = loadReport(run, (performance.now() - startedAt) / 1_000);
    console.log(text);
    if (!quick) await writeFile(REPORT, text);
    if (run.problems.length > 0) process.exitCode = 1;
  } finally {
    useFew();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, { connections, seconds }: typeof FULL): Promise<LoadRun> {
  const logFile = join(folder, 'stack.log');
  const dealersFile = await writeDealers(folder);
  const stack = await StackProcess.start({ port: 0, dataDir: undefined, dealersFile, logFile });
  const hello = await startHello();
  const ledger = newLedger();
  const confirmTokens: string[] = [];
  const stopCollecting = collectTokens(stack.up.mailUrl, confirmTokens);
  try {
    const form = await openForm(stack.up.siteUrl);
    const scene = { siteUrl: stack.up.siteUrl, form, ledger, confirmTokens };
    // Every function's environments are started by this.
    await loadJourney(scene, 8, 3);
    await loadOne(hello.siteUrl, '/v1/echo/hello', 8, 1);
    ledger.stepMilliseconds.clear();
    const levels: LoadLevel[] = [];
    const hellos: LoadLevel[] = [];
    for (const count of connections) {
      hellos.push(await loadOne(hello.siteUrl, '/v1/echo/hello', count, seconds / 3));
      levels.push(await loadJourney(scene, count, seconds));
      console.error(`${count} connections: ${(levels.at(-1)?.milliseconds.length ?? 0) / seconds} a second`);
    }
    const flood = await floodFrom(stack.up.siteUrl, form);
    // What was cut off in the middle ends on its own.
    await delay(5_000);
    const problems = [
      ...(await lostOf(ledger, stack)),
      ...(flood.withoutRetryAfter > 0 ? ['a flood is refused without Retry-After'] : []),
    ];
    if (flood.accepted > SENDER_LIMIT.most) problems.push(`${flood.accepted} forms of one sender were accepted`);
    if (ledger.withoutRetryAfter > 0) problems.push(`${ledger.withoutRetryAfter} refusals came without Retry-After`);
    const statuses = new Set(levels.flatMap((level) => [...level.statuses.keys()]));
    for (const status of statuses.difference(EXPECTED_STATUSES)) problems.push(`some were answered ${status}`);
    const timeouts = levels.reduce((sum, level) => sum + level.timeouts, 0);
    if (timeouts > 0) problems.push(`${timeouts} requests were never answered`);
    const faults = (await readFile(logFile, 'utf8'))
      .split('\n')
      .filter((line) => line.includes('"level":"error"')).length;
    return { journey: levels, hello: hellos, ledger, flood, problems, faults };
  } finally {
    stopCollecting();
    hello.child.kill('SIGTERM');
    await Promise.all([stack.stop(), once(hello.child, 'exit')]);
  }
}

/** A function that only answers, on a host of its own of the same kind. */
async function startHello(): Promise<{ readonly child: ChildProcess; readonly siteUrl: string }> {
  const entry = join(import.meta.dirname, '..', '..', 'test', 'local', 'fixture', 'run-host.ts');
  const child = spawn(process.execPath, [entry], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line]: string[] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, siteUrl: (JSON.parse(line ?? '') as { siteUrl: string }).siteUrl };
}

/** One sender sends more forms than anybody may, within one window of the limit: another sender once more, if a new one began. */
async function floodFrom(siteUrl: string, form: FormTokens, from = '127.200.0.1'): Promise<LoadRun['flood']> {
  const windowNow = (): number => windowOf(SENDER_LIMIT, Date.now()).startSeconds;
  const window = windowNow();
  const answers = await Promise.all(
    Array.from({ length: FLOOD_FORMS }, (_, index) =>
      sendOnce(siteUrl, from, {
        method: 'POST',
        path: '/v1/interests',
        body: formOf(`flood-${index}@mail.example.com`, form),
      }),
    ),
  );
  if (windowNow() !== window) return floodFrom(siteUrl, form, '127.200.0.2');
  const refused = answers.filter(({ status }) => status === 429);
  return {
    accepted: answers.filter(({ status }) => status === 202).length,
    refused: refused.length,
    withoutRetryAfter: refused.filter(({ headers }) => headers['retry-after'] === undefined).length,
  };
}

/** Everything that was acknowledged against what is stored. */
async function lostOf({ accepted, refused, numbers }: JourneyLedger, stack: StackProcess): Promise<readonly string[]> {
  const tables = await scanTables(stack.up);
  const states = (tables.get(RESERVATION_TABLE.environmentVariable) ?? [])
    .filter(({ sk }) => sk === 'state')
    .flatMap((row) => reservationOfItem(row) ?? [])
    .filter((state) => state.status !== 'withdrawn');
  const emails = new Set(states.map(({ person }) => person.email));
  const confirmed = states.filter((state) => state.status === 'confirmed');
  const held = new Set(confirmed.map(({ number }) => number));
  const facts = (tables.get(FACT_TABLE.environmentVariable) ?? []).filter(({ event }) => event === 'confirmed');
  const lostForms = [...accepted].filter((email) => !emails.has(email));
  const doneAnyway = [...refused].filter((email) => emails.has(email));
  const lostNumbers = [...numbers].filter((number) => !held.has(number));
  return [
    ...(lostForms.length > 0 ? [`${lostForms.length} of ${accepted.size} accepted forms are not held`] : []),
    ...(doneAnyway.length > 0 ? [`${doneAnyway.length} refused forms are held`] : []),
    ...(lostNumbers.length > 0 ? [`${lostNumbers.length} of ${numbers.size} confirmed reservations are not held`] : []),
    ...(facts.length !== confirmed.length ? [`${facts.length} facts of ${confirmed.length} confirmations`] : []),
  ];
}

function loadReport({ journey, hello, ledger, flood, problems, faults }: LoadRun, seconds: number): string {
  const rate = ({ milliseconds, seconds: taken }: LoadLevel): number => milliseconds.length / taken;
  const times = (values: readonly number[]): string[] =>
    [0.5, 0.95, 0.99].map((share) => percentile(values, share).toFixed(1));
  const saturated = journey.find((level, index) => {
    const next = journey[index + 1];
    return next !== undefined && rate(next) < rate(level) * SATURATED_BELOW;
  });
  const rows = (levels: readonly LoadLevel[]): string[][] =>
    levels.map((level) => [
      String(level.connections),
      rate(level).toFixed(0),
      ...times(level.milliseconds),
      [...level.statuses]
        .toSorted(([a], [b]) => a - b)
        .map(([status, count]) => `${status}: ${count}`)
        .join(', '),
      String(level.errors),
      String(level.timeouts),
    ]);
  const head = ['connections', 'a second', 'p50 ms', 'p95 ms', 'p99 ms', 'answers', 'errors', 'time-outs'];
  return `${[
    '# Load',
    '`npm run bench -- load` sends a buyer’s day (three searches, a type-ahead, a form to look at and one to send, the link of a mail, a look at the reservation) over more and more connections at once to the local host, ' +
      'and writes this file; with `--quick` it is short and only prints. autocannon sends, from this process; the host and the emulator share the machine with it. Each connection is a sender of its own.',
    runTable({
      seed: 0,
      date: new Date(),
      seconds,
      packages: ['autocannon', '@aws-sdk/client-dynamodb', 'amplify-dynamodb-simulator'],
    }),
    `**${problems.length} problems.** ${ledger.accepted.size} forms accepted and held, ${ledger.numbers.size} confirmations answered and held, each with its fact. ` +
      (saturated === undefined
        ? 'It was not saturated.'
        : `It is saturated from ${saturated.connections} connections on: more of them only wait longer.`),
    ...(problems.length > 0 ? [problems.map((problem) => `- ${problem}`).join('\n')] : []),
    '## The journey',
    markdownTable(head, rows(journey)),
    '## A function that only answers, on the same kind of host',
    'What the local host itself costs: on AWS there is another one.',
    markdownTable(head, rows(hello)),
    '## By step, over all levels',
    markdownTable(
      ['step', 'requests', 'p50 ms', 'p95 ms', 'p99 ms'],
      [...ledger.stepMilliseconds].map(([step, values]) => [`\`${step}\``, String(values.length), ...times(values)]),
    ),
    '## A flood from one sender',
    `${FLOOD_FORMS} forms at once from one address, of which ${SENDER_LIMIT.most} an hour may be sent: ${flood.accepted} were accepted, ${flood.refused} answered 429 with \`Retry-After\`.`,
    `Lines of the log that tell of a fault of ours: ${faults}. What was in the middle when a level ended was cut off by the sender, and counts as neither.`,
  ].join('\n\n')}\n`;
}
