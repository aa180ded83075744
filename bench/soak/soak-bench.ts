import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BenchOptions } from '../bench-options.ts';
import { markdownTable } from '../markdown-table.ts';
import { percentile } from '../percentile.ts';
import { runTable } from '../run-table.ts';
import { type FormTokens, formOf, openForm } from '../stack/form.ts';
import { MailTaker } from '../stack/mail-taker.ts';
import { SCHEDULED } from '../stack/scheduled.ts';
import { sendOnce } from '../stack/send-once.ts';
import type { StackMemory } from '../stack/stack-child.ts';
import { StackProcess } from '../stack/stack-process.ts';
import { writeDealers } from '../stack/stores.ts';
import { isFlat, type Slope, slopeOf } from './slope.ts';

const REPORT = join(import.meta.dirname, '..', 'soak.md');
const FULL = { minutes: 30, warmUpMinutes: 5, sampleSeconds: 15 };
const QUICK = { minutes: 2, warmUpMinutes: 0.5, sampleSeconds: 5 };
/** Requests a second, far below what saturates. A twentieth of them are forms, so that mails keep up. */
const RATE = 20;
const FORM_EVERY = 20;
const BURST = 200;
const WARMING_ROUNDS = 3;
/** What a series may surely rise by in an hour and be called flat, as a share of its level. */
const FLAT_SHARE = 0.1;
const MINUTES_IN_AN_HOUR = 60;

interface Sample extends StackMemory {
  readonly minute: number;
  /** Median of the answers since the sample before. */
  readonly milliseconds: number;
  readonly failed: number;
}

interface Judged {
  readonly name: string;
  readonly unit: string;
  readonly first: number;
  readonly last: number;
  readonly slope: Slope;
  readonly flat: boolean;
}

/** Half an hour of the same, in which nothing may grow. Ends with 1 when anything does. */
export async function runSoakBench({ quick }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const plan = quick ? QUICK : FULL;
  const samples = await soak(plan);
  const judged = seriesOf(samples.filter(({ minute }) => minute >= plan.warmUpMinutes));
  const failed = samples.reduce((sum, sample) => sum + sample.failed, 0);
  const text = soakReport(judged, samples, { plan, failed, seconds: (performance.now() - startedAt) / 1_000 });
  console.log(text);
  if (!quick) await writeFile(REPORT, text);
  // Two minutes are too short to tell a leak from code that grows warm.
  if (failed > 0 || (!quick && judged.some(({ flat }) => !flat))) process.exitCode = 1;
}

async function soak({ minutes, sampleSeconds }: typeof FULL): Promise<readonly Sample[]> {
  const folder = await mkdtemp(join(tmpdir(), 'soak-'));
  const dealersFile = await writeDealers(folder);
  // The inbox would keep every mail in the host's own memory.
  const taker = await MailTaker.start(Math.random);
  const { mailUrl } = taker;
  const logFile = join(folder, 'stack.log');
  const stack = await StackProcess.start({ port: 0, dataDir: undefined, dealersFile, logFile, mailUrl });
  try {
    const load = new SteadyLoad(stack.up.siteUrl, await openForm(stack.up.siteUrl));
    // As many environments as the host makes, so that none is started meanwhile.
    for (let round = 0; round < WARMING_ROUNDS; round++) await load.burst();
    for (const name of SCHEDULED) await stack.invoke(name);
    load.takeAnswers();
    const samples: Sample[] = [];
    const startedAt = performance.now();
    const minute = (): number => (performance.now() - startedAt) / 60_000;
    const running = load.run(() => minute() >= minutes);
    while (minute() < minutes) {
      await delay(sampleSeconds * 1_000);
      const { milliseconds, failed } = load.takeAnswers();
      samples.push({ ...(await stack.memory()), minute: minute(), milliseconds, failed });
    }
    await running;
    return samples;
  } finally {
    await stack.stop();
    await taker.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** So many requests a second, whatever comes of them. */
class SteadyLoad {
  readonly #siteUrl: string;
  readonly #form: FormTokens;
  #sent = 0;
  #times: number[] = [];
  #failed = 0;

  constructor(siteUrl: string, form: FormTokens) {
    this.#siteUrl = siteUrl;
    this.#form = form;
  }

  /** Far more at once than the host has environments for. */
  async burst(): Promise<void> {
    await Promise.all(Array.from({ length: BURST }, () => this.#send(++this.#sent)));
  }

  async run(isOver: () => boolean): Promise<void> {
    const underWay = new Set<Promise<void>>();
    while (!isOver()) {
      const sending: Promise<void> = this.#send(++this.#sent).finally(() => underWay.delete(sending));
      underWay.add(sending);
      await delay(1_000 / RATE);
    }
    await Promise.all(underWay);
  }

  takeAnswers(): { milliseconds: number; failed: number } {
    const taken = { milliseconds: percentile(this.#times, 0.5), failed: this.#failed };
    this.#times = [];
    this.#failed = 0;
    return taken;
  }

  async #send(number: number): Promise<void> {
    const startedAt = performance.now();
    // A sender sends a form or two.
    const from = `127.${160 + ((number >> 16) & 31)}.${(number >> 8) & 255}.${number & 255 || 1}`;
    const call =
      number % FORM_EVERY === 0
        ? { method: 'POST', path: '/v1/interests', body: formOf(`soak-${number}@mail.example.com`, this.#form) }
        : { method: 'GET', path: pathOf(number) };
    const answer = await sendOnce(this.#siteUrl, from, call).catch(() => undefined);
    if (answer === undefined || answer.status >= 400) this.#failed += 1;
    else this.#times.push(performance.now() - startedAt);
  }
}

function pathOf(number: number): string {
  const lat = (26 + ((number * 37) % 200) / 10).toFixed(1);
  const lng = (-120 + ((number * 53) % 450) / 10).toFixed(1);
  return (
    [`/v1/dealers?near=${lat},${lng}`, '/v1/places?q=fort', '/v1/form', '/v1/dealers?near=33324&radius=250'][
      number % 4
    ] ?? ''
  );
}

const MEGABYTE = 1024 * 1024;

function seriesOf(samples: readonly Sample[]): readonly Judged[] {
  const minutes = samples.map(({ minute }) => minute);
  const judge = (name: string, unit: string, values: readonly number[]): Judged => {
    const slope = slopeOf(minutes, values);
    const flat = isFlat(slope, MINUTES_IN_AN_HOUR, FLAT_SHARE);
    return { name, unit, first: values[0] ?? Number.NaN, last: values.at(-1) ?? Number.NaN, slope, flat };
  };
  const sum = (list: readonly number[]): number => list.reduce((all, value) => all + value, 0);
  const names = [...new Set(samples.flatMap(({ functions }) => functions.map(({ functionName }) => functionName)))];
  return [
    judge(
      'memory of the process',
      'MB',
      samples.map(({ residentBytes }) => residentBytes / MEGABYTE),
    ),
    judge(
      'heap of the host',
      'MB',
      samples.map(({ heapBytes }) => heapBytes / MEGABYTE),
    ),
    ...names
      // One that has not run from the beginning has no series.
      .filter((name) => samples.every(({ functions }) => functions.some(({ functionName }) => functionName === name)))
      .map((name) =>
        judge(
          `heap of ${labelOf(name)}, each instance`,
          'MB',
          samples.map(({ functions }) => {
            const own = functions.filter(({ functionName }) => functionName === name);
            return sum(own.map(({ heapBytes }) => heapBytes)) / own.length / MEGABYTE;
          }),
        ),
      ),
    judge(
      'open handles of the host',
      '',
      samples.map(({ resources }) => sum(Object.values(resources))),
    ),
    judge(
      'environments of functions',
      '',
      samples.map(({ functions }) => functions.length),
    ),
    judge(
      'open handles of all functions',
      '',
      samples.map(({ functions }) => sum(functions.map(({ resources }) => resources))),
    ),
    judge(
      'median of an answer',
      'ms',
      samples.map(({ milliseconds }) => milliseconds),
    ),
  ];
}

/** CDK's name without what comes before and after the construct's own. */
function labelOf(functionName: string): string {
  return functionName.replace(/^.*?Api-?/, '').replace(/(Function)?[0-9A-F]{8}.*$/, '') || functionName;
}

function soakReport(
  judged: readonly Judged[],
  samples: readonly Sample[],
  { plan, failed, seconds }: { plan: typeof FULL; failed: number; seconds: number },
): string {
  const grown = judged.filter(({ flat }) => !flat);
  const last = samples.at(-1);
  return `${[
    '# Soak',
    `\`npm run bench -- soak\` keeps the local host under ${RATE} requests a second for half an hour, one in ${FORM_EVERY} a form, and looks every ${plan.sampleSeconds} s at what could grow, each time after a collection of garbage; ` +
      'it writes this file. With `--quick` it takes two minutes and only prints.',
    runTable({ seed: 0, date: new Date(), seconds, packages: ['@aws-sdk/client-dynamodb'] }),
    `**${grown.length} of ${judged.length} series grow, ${failed} requests failed.** A slope is of least squares over the samples after ${plan.warmUpMinutes} minutes, with its standard error; flat is what surely (two errors) ` +
      `rises by no more than ${FLAT_SHARE * 100} % of its level in an hour.`,
    markdownTable(
      ['', 'at first', 'at last', 'an hour', '± error', 'verdict'],
      judged.map(({ name, unit, first, last: end, slope, flat }) => [
        name,
        `${first.toFixed(1)} ${unit}`.trim(),
        `${end.toFixed(1)} ${unit}`.trim(),
        (slope.perUnit * MINUTES_IN_AN_HOUR).toFixed(2),
        (slope.error * MINUTES_IN_AN_HOUR).toFixed(2),
        flat ? 'flat' : '**grows**',
      ]),
    ),
    `Open at the end, of the host’s own thread: ${Object.entries(last?.resources ?? {})
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ')}. ` +
      'Mails are taken outside of the host, and the tables are a process of their own, which grow with what they hold.',
  ].join('\n\n')}\n`;
}
