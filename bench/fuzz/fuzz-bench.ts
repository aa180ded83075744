import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SigningKey } from '../../shared/reservations/signed-token.ts';
import type { FuzzRequest } from '../../test/fuzz/fuzz-request.ts';
import { type FuzzReport, runFuzz } from '../../test/fuzz/fuzz-run.ts';
import { openWorld } from '../../test/fuzz/fuzz-world.ts';
import { mailsIn } from '../../test/support/inbox.ts';
import { dataOfRequest, repetitionsIn, type SentDatum } from '../../test/support/sent-data.ts';
import { scanTables } from '../../test/support/stack-tables.ts';
import type { BenchOptions } from '../bench-options.ts';
import { markdownTable } from '../markdown-table.ts';
import { runTable } from '../run-table.ts';
import { StackProcess } from '../stack/stack-process.ts';
import { LEAD_STORE_ID, writeDealers } from '../stack/stores.ts';

const SEED = 20_261_125;
const REPORT = join(import.meta.dirname, '..', 'fuzz.md');
/** Beside the catalogue, which has some 5,000. */
const GENERATED = 10_000;
const QUIET_MS = 3_000;
const QUICK = { generated: 400, mostPerItem: 12 };

/** 10,000 generated requests and the whole catalogue over HTTP. Ends with 1 when any answer is not what the contract says. */
export async function runFuzzBench({ quick }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-'));
  try {
    const logFile = join(folder, 'stack.log');
    const dataDir = join(folder, 'data');
    const dealersFile = await writeDealers(folder);
    const stack = await StackProcess.start({ port: 0, dataDir, dealersFile, logFile });
    const sent: SentDatum[] = [];
    let report: FuzzReport;
    try {
      const world = await openWorld(
        {
          siteUrl: stack.up.siteUrl,
          mailUrl: stack.up.mailUrl,
          tokens: {
            counts: await stack.token('counts'),
            leads: await stack.token('leads'),
            none: await stack.token('openid'),
          },
          leadStoreId: LEAD_STORE_ID,
          signingKeys: await keptSigningKeys(dataDir),
        },
        String(SEED),
      );
      report = await runFuzz(world, {
        seed: SEED,
        generated: quick ? QUICK.generated : GENERATED,
        mostPerItem: quick ? QUICK.mostPerItem : Number.POSITIVE_INFINITY,
        lanes: 4,
        note: (request, from) => sent.push(...tellingOf(request, from)),
        holdings: async () => {
          await untilQuiet(stack.up.mailUrl);
          return JSON.stringify([...(await scanTables(stack.up)).values()]);
        },
      });
    } finally {
      await stack.stop();
    }
    const repeated = repetitionsIn(await readFile(logFile, 'utf8'), sent);
    const failures = [...report.failures, ...repeated.map(({ kind, line }) => `line ${line} of the log has a ${kind}`)];
    const text = fuzzReport(report, failures, (performance.now() - startedAt) / 1_000);
    console.log(text);
    if (!quick) await writeFile(REPORT, text);
    for (const failure of failures.slice(0, 20)) console.error(failure.slice(0, 3_000));
    if (failures.length > 0) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits for the mails that the forms have caused, which go out one after another: they are looked at too. */
async function untilQuiet(mailUrl: string): Promise<void> {
  for (let [count, before] = [0, -1]; count !== before; ) {
    await delay(QUIET_MS);
    before = count;
    count = (await mailsIn(mailUrl)).length;
  }
}

/** What no line of the log may repeat. A made-up name such as `true` stands in every log. */
function tellingOf({ target, headers, body }: FuzzRequest, from: string): readonly SentDatum[] {
  const query = new URLSearchParams(target.split('?')[1]);
  return dataOfRequest({ query, headers: Object.fromEntries(headers), body: body?.toString(), from }).filter(
    ({ kind, value }) => kind !== 'name' || /^Zq9.{4}/.test(value),
  );
}

/** The stack's own keys, of which tokens are made whose time is over. */
async function keptSigningKeys(dataDir: string): Promise<readonly SigningKey[]> {
  const kept = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as Record<
    string,
    { readonly current: { readonly versionId: string; readonly value: string } }
  >;
  // Named after their constructs.
  const [signing] = Object.entries(kept).flatMap(([name, secret]) => (/SigningKey/.test(name) ? [secret.current] : []));
  if (signing === undefined) throw new Error('the data folder holds no signing key');
  const { secret } = JSON.parse(signing.value) as { readonly secret: string };
  return [{ id: signing.versionId.replaceAll('-', '').slice(0, 8), secret }];
}

function fuzzReport(report: FuzzReport, failures: readonly string[], seconds: number): string {
  const routes = [...report.statuses.keys()].toSorted();
  const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
  const codes = [...new Set([...report.statuses.values()].flatMap((counts) => [...counts.keys()]))].toSorted(
    (a, b) => a - b,
  );
  return `${[
    '# Fuzzing',
    '`npm run bench -- fuzz` sends what is generated from the contract’s own document, and the catalogue of bad input, byte by byte to the local host, ' +
      'and writes this file; with `--quick` it sends a part and only prints. A short part is in `npm test`.',
    runTable({ seed: SEED, date: new Date(), seconds, packages: ['fast-check', 'zod', 'ajv'] }),
    `${report.sent} requests, **${failures.length} failures**: no answer of 5xx, none with a status, media type or member that its operation’s document does not name, none ` +
      'without its headers, no person’s data and no stack in a refusal or in any line of the log, nothing kept of a form that was refused, no change by a change that was refused.',
    '## Answers',
    'Status 0: the connection was closed, where the request is no HTTP. Generated requests are right by the document in three of five, and one fault away in two; ' +
      '“fit” are those that the function’s own zod schemas take.',
    markdownTable(
      ['operation', 'requests', 'generated', 'fit', ...codes.map(String)],
      routes.map((route) => {
        const counts = report.statuses.get(route);
        const generated = report.generated.get(route);
        return [
          `\`${route}\``,
          String(sum(counts?.values() ?? [])),
          String(generated?.all ?? 0),
          String(generated?.fitting ?? 0),
          ...codes.map((code) => String(counts?.get(code) ?? '')),
        ];
      }),
    ),
    '## The catalogue',
    'Requests by item and operation; a dot where the operation has no place for such a thing.',
    routes.map((route, index) => `${index + 1}. \`${route}\``).join('\n'),
    markdownTable(
      ['item', ...routes.map((_, index) => String(index + 1)), 'all'],
      [...report.catalogue].map(([name, counts]) => [
        name,
        ...routes.map((route) => String(counts.get(route) ?? '·')),
        String(sum(counts.values())),
      ]),
    ),
  ].join('\n\n')}\n`;
}
