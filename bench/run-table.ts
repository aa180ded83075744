import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { markdownTable } from './markdown-table.ts';

export interface BenchRun {
  readonly seed: number;
  readonly date: Date;
  readonly seconds: number;
  /** Packages of npm that the figures depend on. */
  readonly packages: readonly string[];
}

/** When, on what and with which versions a bench ran. */
export function runTable({ seed, date, seconds, packages }: BenchRun): string {
  const versions = packages.map((name) => `${name} ${versionOf(name)}`).join(', ');
  const [cpu] = cpus();
  return markdownTable(
    ['run', ''],
    [
      ['date', date.toISOString().slice(0, 10)],
      ['seed', String(seed)],
      ['took', `${Math.round(seconds)} s`],
      [
        'machine',
        `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${platform()} ${release()} ${arch()}`,
      ],
      ['versions', `Node ${process.versions.node}, ${versions}`],
    ],
  );
}

function versionOf(name: string): string {
  const file = join(import.meta.dirname, '..', 'node_modules', name, 'package.json');
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}
