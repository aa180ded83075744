import { READ_BY_HAND } from './licence-rules.ts';
import type { LockedPackage } from './locked-packages.ts';

/** Data whose licence asks for a credit, and the words that give it. */
const DATA_CREDITS = [
  {
    data: 'Place names and populations (`data/gazetteer`)',
    source: '[GeoNames](https://www.geonames.org)',
    licence: 'CC BY 4.0',
    where: 'wherever places are suggested or named: the README and the pages',
  },
  {
    data: 'ZIP centroids, counties and metro areas (`data/gazetteer`)',
    source: 'US Census Bureau',
    licence: 'public domain',
    where: 'the README',
  },
] as const;

/** `docs/licences.md`. */
export function licencesPage(packages: readonly LockedPackage[]): string {
  const shipped = packages.filter(({ ships }) => ships);
  const others = packages.filter(({ ships }) => !ships);
  return `# Licences

Written by \`npm run licences\` from the lockfile; a test holds it against it. The licences that may be used are in
\`infra/supply-chain/licence-rules.ts\`.

## What ships

Packages that functions or pages may hold.

${byLicence(shipped)}
## For development

Builds, tests, benchmarks and this machine's stack. Nothing of them is passed on. \`amplify-dynamodb-simulator\` brings DynamoDB Local,
AWS's own, whose licence is for use with AWS and forbids redistribution: it is started as it is, from \`node_modules\`, and is in no bundle.

${byLicence(others)}
Read by hand: ${Object.entries(READ_BY_HAND)
    .map(([name, { licence, because }]) => `\`${name}\` (${licence}) ${because}`)
    .join('; ')}.

## Data

| data | source | licence | credit |
|---|---|---|---|
${DATA_CREDITS.map(({ data, source, licence, where }) => `| ${data} | ${source} | ${licence} | ${where} |`).join('\n')}
`;
}

function byLicence(packages: readonly LockedPackage[]): string {
  const groups = Map.groupBy(packages, ({ name, licence }) => READ_BY_HAND[name]?.licence ?? licence ?? 'not stated');
  const rows = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, group]) => `| ${licence} | ${group.map(({ name, version }) => `${name} ${version}`).join(', ')} |`);
  return `| licence | packages |\n|---|---|\n${rows.join('\n')}\n`;
}
