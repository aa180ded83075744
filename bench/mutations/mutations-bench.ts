import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { BenchOptions } from '../bench-options.ts';
import { markdownTable } from '../markdown-table.ts';
import { runTable } from '../run-table.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';

const REPOSITORY_DIR = resolve(import.meta.dirname, '..', '..');
const REPORT = join(REPOSITORY_DIR, 'bench', 'mutations.md');
/** What is no source, or is made from them. */
const LEFT_OUT = new Set(['node_modules', '.git', '.local', 'cdk.out', 'dist']);
/** A test that hangs on a broken line has seen it. */
const WITHIN_MS = 180_000;
/** All the tests, on the sound tree. */
const ALL_WITHIN_MS = 600_000;

interface Verdict {
  readonly mutation: Mutation;
  /** The first test that failed; `undefined` when all passed. */
  readonly caughtBy: string | undefined;
  readonly seconds: number;
}

/** As much of vitest's JSON report as is read here. */
interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/**
 * Breaks one line after the other in a copy of the tree, and runs the tests that have to see it. Ends with 1 when one of them is
 * not seen. `--only TEXT` takes the mutations whose name or file has the text, `--quick` the first of each file.
 */
export async function runMutationsBench({ quick, only }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const firstOfFile = (mutation: Mutation): boolean =>
    MUTATIONS.find(({ file }) => file === mutation.file) === mutation;
  const wanted = MUTATIONS.filter(
    (mutation) =>
      (!quick || firstOfFile(mutation)) && (only === undefined || `${mutation.name} ${mutation.file}`.includes(only)),
  );
  const copy = await copyOfTree();
  try {
    await expectSound(copy, wanted);
    const verdicts: Verdict[] = [];
    for (const mutation of wanted) {
      const verdict = await judge(copy, mutation);
      verdicts.push(verdict);
      const told = verdict.caughtBy === undefined ? 'MISSED' : 'caught';
      console.error(`${verdict.seconds.toFixed(0).padStart(4)} s  ${told}  ${mutation.name}`);
    }
    const text = mutationsReport(verdicts, (performance.now() - startedAt) / 1_000);
    console.log(text);
    if (!quick && only === undefined) await writeFile(REPORT, text);
    if (verdicts.some(({ caughtBy }) => caughtBy === undefined)) process.exitCode = 1;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function copyOfTree(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mutations-'));
  await cp(REPOSITORY_DIR, folder, {
    recursive: true,
    filter: (source) => !LEFT_OUT.has(relative(REPOSITORY_DIR, source).split('/')[0] ?? ''),
  });
  await symlink(join(REPOSITORY_DIR, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** @throws Error when the tests do not even pass on the tree as it is */
async function expectSound(copy: string, wanted: readonly Mutation[]): Promise<void> {
  const files = [...new Set(wanted.flatMap(({ tests }) => tests))];
  const failed = await firstFailure(copy, files, ALL_WITHIN_MS);
  if (failed !== undefined) throw new Error(`the tests fail on the sound tree: ${failed}`);
}

async function judge(copy: string, mutation: Mutation): Promise<Verdict> {
  const startedAt = performance.now();
  const path = join(copy, mutation.file);
  const sound = await readFile(path, 'utf8');
  await writeFile(path, broken(sound, mutation));
  try {
    const caughtBy = await firstFailure(copy, mutation.tests);
    return { mutation, caughtBy, seconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    await writeFile(path, sound);
  }
}

/** @throws Error unless the line stands there once */
export function broken(sound: string, { file, find, replace, name }: Mutation): string {
  const parts = sound.split(find);
  if (parts.length !== 2) throw new Error(`"${name}": ${file} has its line ${parts.length - 1} times`);
  return parts.join(replace);
}

/** Runs test files, and stops at the first test that fails. Gives its name. */
async function firstFailure(copy: string, tests: readonly string[], withinMs = WITHIN_MS): Promise<string | undefined> {
  const outputFile = join(copy, 'mutation-report.json');
  await rm(outputFile, { force: true });
  const files = tests.map((test) => join('test', test));
  const child = spawn(
    process.execPath,
    [
      join(copy, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--bail=1',
      '--reporter=json',
      `--outputFile=${outputFile}`,
      ...files,
    ],
    { cwd: copy, stdio: 'ignore', detached: true },
  );
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), withinMs);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  if (code === 0) return undefined;
  if (code === null) return `none ended within ${withinMs / 1_000} s`;
  const { testResults } = JSON.parse(await readFile(outputFile, 'utf8')) as TestReport;
  for (const { name, assertionResults } of testResults) {
    const test = assertionResults.find(({ status }) => status === 'failed');
    if (test !== undefined) return `${relative(copy, name)}: ${test.fullName}`;
  }
  // Files that cannot even be read prove nothing.
  const messages = testResults.filter(({ status }) => status === 'failed').map(({ message }) => message);
  throw new Error(`the tests failed and name none: ${messages.join('\n')}`);
}

function mutationsReport(verdicts: readonly Verdict[], seconds: number): string {
  const caught = verdicts.filter(({ caughtBy }) => caughtBy !== undefined).length;
  return `${[
    '# Mutations',
    '`npm run bench -- mutations` breaks one line of the product after the other in a copy of the tree, runs the tests that have to see it, and writes this file; ' +
      '`--only TEXT` takes some of them. All tests named here pass on the sound tree in the same run.',
    runTable({ seed: 0, date: new Date(), seconds, packages: ['vitest'] }),
    `**${caught} of ${verdicts.length} caught.**`,
    markdownTable(
      ['what the broken product does', 'file', 'caught by'],
      verdicts.map(({ mutation, caughtBy }) => [
        mutation.name,
        `\`${mutation.file}\``,
        caughtBy?.replaceAll('|', '/').replaceAll('\n', ' ') ?? '**nothing**',
      ]),
    ),
    'The reservations’ tables are broken in more ways between them and their client, by test/reservations/broken-variants.ts, on every run of `npm test`.',
  ].join('\n\n')}\n`;
}
