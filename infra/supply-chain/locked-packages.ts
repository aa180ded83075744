import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** A package as the lockfile has it, on whichever machine. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression, or whatever else the package says; `undefined` when it says nothing. */
  readonly licence: string | undefined;
  /** Whether functions or pages may hold it: a dependency that is neither for development nor optional. */
  readonly ships: boolean;
}

const Lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      name: z.string().optional(),
      version: z.string(),
      license: z.string().optional(),
      dev: z.boolean().default(false),
      optional: z.boolean().default(false),
      devOptional: z.boolean().default(false),
    }),
  ),
});

/** Every package of the lockfile once, by name and version. @param root folder of `package-lock.json` */
export function lockedPackages(root: string): readonly LockedPackage[] {
  const { packages } = Lockfile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const found = new Map<string, LockedPackage>();
  for (const [path, { version, license: licence, dev, optional, devOptional, ...entry }] of Object.entries(packages)) {
    if (path === '') continue;
    // An alias is installed under another name than its own.
    const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const key = `${name}@${version}`;
    const ships = !dev && !optional && !devOptional;
    found.set(key, { name, version, licence, ships: ships || (found.get(key)?.ships ?? false) });
  }
  return [...found.values()].toSorted((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/** By code units, alike on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
