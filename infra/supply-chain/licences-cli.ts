import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { licenceFaults } from './licence-rules.ts';
import { licencesPage } from './licences-page.ts';
import { lockedPackages } from './locked-packages.ts';

/** `npm run licences`: checks every package's licence and writes `docs/licences.md`. */
const root = join(import.meta.dirname, '..', '..');
const page = join(root, 'docs', 'licences.md');
const packages = lockedPackages(root);
const text = licencesPage(packages);
const isNew = readFileSync(page, { encoding: 'utf8', flag: 'a+' }) !== text;
if (isNew) writeFileSync(page, text);
console.log(
  `${packages.length} packages, ${packages.filter(({ ships }) => ships).length} of which may ship; docs/licences.md ${isNew ? 'is written anew' : 'is up to date'}`,
);
const faults = licenceFaults(packages);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
