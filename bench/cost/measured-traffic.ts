import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { FUNCTION_SPECS } from '../../infra/functions.ts';
import type { Host } from '../../local/host.ts';
import { startLocator } from '../../local/locator.ts';
import { YOUNGEST_FORM_MS } from '../../shared/reservations/form-age.ts';
import { mailsIn, type ReceivedMail } from '../../test/support/inbox.ts';
import { LoadClient } from '../reservations/load-client.ts';
import { origins } from '../search/places.ts';
import { formOf } from '../stack/form.ts';
import { LEAD_STORE_ID, writeDealers } from '../stack/stores.ts';
import type { FunctionRun } from './cost-model.ts';

const SETTLED_MS = 4_000;
const HEADER_BYTES = 700;

/** What some requests made the functions do, for one of them. */
export interface MeasuredTraffic {
  readonly functions: readonly FunctionRun[];
  /** The mean answer, gzipped, with its headers. */
  readonly answerBytes: number;
}

export interface MeasuredTraffics {
  readonly search: MeasuredTraffic;
  /** The form, its submission and its confirmation, at a store with people and a CRM; with all that is sent. */
  readonly reservation: MeasuredTraffic;
  /** What runs on a schedule and finds nothing to do: one run of each. */
  readonly scheduled: readonly FunctionRun[];
}

interface Tally {
  runs: number;
  milliseconds: number;
  logBytes: number;
}

/** Runs the whole stack, sends it searches and reservations, and looks at what each function did for them. */
export async function measureTraffics(counts: {
  readonly searches: number;
  readonly reservations: number;
  readonly seed: number;
}): Promise<MeasuredTraffics> {
  const folder = await mkdtemp(join(tmpdir(), 'cost-bench-'));
  try {
    const dealersFile = await writeDealers(folder);
    const tallies = new Map<string, Tally>();
    const tallyOf = (source: string): Tally => {
      const tally = tallies.get(source) ?? { runs: 0, milliseconds: 0, logBytes: 0 };
      tallies.set(source, tally);
      return tally;
    };
    const host = await startLocator({
      port: 0,
      mailPort: 0,
      dataDir: undefined,
      dealersFile,
      log({ source, text }) {
        // CloudWatch adds 26 bytes to every event.
        tallyOf(source).logBytes += Buffer.byteLength(text) + 26;
      },
      onRun(source, milliseconds) {
        const tally = tallyOf(source);
        tally.runs += 1;
        tally.milliseconds += milliseconds;
      },
    });
    try {
      return await measureOn(host, tallies, counts);
    } finally {
      await host.stop();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measureOn(
  host: Host,
  tallies: Map<string, Tally>,
  { searches, reservations, seed }: { readonly searches: number; readonly reservations: number; readonly seed: number },
): Promise<MeasuredTraffics> {
  const client = new LoadClient(host.siteUrl);
  const searchCalls = origins(seed)
    .slice(0, searches)
    .map(({ point }) => get(`/v1/dealers?near=${point.lat.toFixed(3)},${point.lng.toFixed(3)}`));
  // Environments are started and hold the index of stores.
  await client.sendAll(searchCalls.slice(0, 20), { atOnce: 4 });
  tallies.clear();
  const found = await client.sendAll(searchCalls, { atOnce: 2 });
  await delay(SETTLED_MS);
  const search: MeasuredTraffic = {
    functions: runsOf(tallies, ['find-dealers', 'count-searches'], searches),
    answerBytes: mean(found.answers.map(({ body }) => gzipSync(body).length + HEADER_BYTES)),
  };

  const reserve = async (buyers: readonly string[]): Promise<void> => {
    const [form] = (
      await client.sendAll(
        buyers.map(() => get('/v1/form')),
        { atOnce: 2 },
      )
    ).answers;
    const { formToken, consents } = JSON.parse(form?.body ?? '') as {
      formToken: string;
      consents: readonly { version: string }[];
    };
    await delay(YOUNGEST_FORM_MS);
    const wording = { formToken, wordingVersion: consents[0]?.version ?? '' };
    await client.sendAll(
      buyers.map((email) => post('/v1/interests', formOf(email, wording, { dealerId: LEAD_STORE_ID }))),
      { atOnce: 2 },
    );
    const tokens = await confirmTokens(host, buyers);
    const { answers } = await client.sendAll(
      tokens.map((token) => post('/v1/interests/confirm', { token })),
      { atOnce: 2 },
    );
    const other = answers.find(({ status }) => status !== 200);
    if (other !== undefined) throw new Error(`a confirmation was answered ${other.status}: ${other.body}`);
    await mailsOf(host, buyers.length * 4);
  };
  await reserve(Array.from({ length: 4 }, (_, buyer) => `warm-${buyer}@mail.example.com`));
  tallies.clear();
  const buyers = Array.from({ length: reservations }, (_, buyer) => `buyer-${buyer}@mail.example.com`);
  await reserve(buyers);
  await delay(SETTLED_MS);
  const reservation: MeasuredTraffic = {
    functions: runsOf(tallies, ['get-form', 'submit-interest', 'confirm-interest', 'deliver-outbox'], reservations),
    answerBytes: 3 * HEADER_BYTES + 3_000,
  };

  tallies.clear();
  const schedules = FUNCTION_SPECS.filter(([, { trigger }]) => 'everyMinutes' in trigger || 'dailyAtHour' in trigger);
  // The second run of each is warm.
  for (const [name] of schedules) await host.invoke(name, {});
  tallies.clear();
  for (const [name] of schedules) await host.invoke(name, {});
  const scheduled = runsOf(
    tallies,
    schedules.map(([name]) => name),
    1,
  );
  return { search, reservation, scheduled };
}

function runsOf(tallies: ReadonlyMap<string, Tally>, names: readonly string[], units: number): readonly FunctionRun[] {
  return names.map((name) => {
    const { runs, milliseconds, logBytes } = tallies.get(name.replaceAll('-', '')) ?? {
      runs: 0,
      milliseconds: 0,
      logBytes: 0,
    };
    const spec = FUNCTION_SPECS.find(([specName]) => specName === name)?.[1];
    if (spec === undefined || runs === 0) throw new Error(`${name} did not run`);
    return {
      name,
      runs: runs / units,
      milliseconds: milliseconds / runs,
      memoryMegabytes: spec.memoryMegabytes,
      logBytes: logBytes / runs,
    };
  });
}

const MAILED_WITHIN_MS = 120_000;

async function mailsOf(host: Host, atLeast: number): Promise<readonly ReceivedMail[]> {
  const deadline = performance.now() + MAILED_WITHIN_MS;
  for (;;) {
    const mails = await mailsIn(host.mailUrl);
    if (mails.length >= atLeast) return mails;
    if (performance.now() > deadline) throw new Error(`only ${mails.length} of ${atLeast} mails came`);
    await delay(250);
  }
}

async function confirmTokens(host: Host, buyers: readonly string[]): Promise<readonly string[]> {
  const wanted = new Set(buyers);
  const deadline = performance.now() + MAILED_WITHIN_MS;
  for (;;) {
    const tokens = (await mailsOf(host, 1)).flatMap(({ to: [to = ''], text }) => {
      const token = wanted.has(to) ? /#confirm=([\w.-]+)/.exec(text)?.[1] : undefined;
      return token === undefined ? [] : [token];
    });
    if (tokens.length === buyers.length) return tokens;
    if (performance.now() > deadline) throw new Error(`only ${tokens.length} of ${buyers.length} were mailed a link`);
    await delay(250);
  }
}

function get(path: string) {
  return { method: 'GET', path, headers: {} };
}

function post(path: string, body: object) {
  return { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
