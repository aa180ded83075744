import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundledPackages } from '../../infra/supply-chain/bundled-packages.ts';
import { licenceFaults } from '../../infra/supply-chain/licence-rules.ts';
import { licencesPage } from '../../infra/supply-chain/licences-page.ts';
import { type LockedPackage, lockedPackages } from '../../infra/supply-chain/locked-packages.ts';
import { pageFooter } from '../../web/pages/page-layout.ts';

const ROOT = join(import.meta.dirname, '../..');
const packages = lockedPackages(ROOT);
const shipped = new Set(packages.filter(({ ships }) => ships).map(({ name }) => name));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('licences', () => {
  test('of all packages may be used for what they are used for', () => {
    expect(licenceFaults(packages)).toEqual([]);
  });

  const one = (parts: Partial<LockedPackage>): LockedPackage => ({
    name: 'x',
    version: '1.0.0',
    licence: 'MIT',
    ships: true,
    ...parts,
  });
  test.each([
    [one({ licence: 'GPL-3.0-only' }), false],
    [one({ licence: 'MPL-2.0' }), false],
    [one({ licence: 'MPL-2.0', ships: false }), true],
    [one({ licence: 'AGPL-3.0-only', ships: false }), false],
    [one({ licence: '(MIT OR GPL-3.0-only)' }), true],
    [one({ licence: '(MIT AND GPL-3.0-only)' }), false],
    [one({ licence: undefined }), false],
    [one({ licence: 'SEE LICENSE IN LICENSE' }), false],
    [one({ name: 'zipcodes', licence: 'BSD', ships: false }), true],
  ])('of %j may be used: %s', (candidate, allowed) => {
    const faults = licenceFaults([candidate]);
    expect(faults).toHaveLength(allowed ? 0 : 1);
    if (!allowed) expect(faults[0]).toMatch(/^x 1\.0\.0 .*licence-rules\.ts/);
  });

  test('are listed as they are: `npm run licences` writes the list', () => {
    expect(read('docs/licences.md')).toBe(licencesPage(packages));
  });

  test('of data that ask for a credit have it', () => {
    expect(read('README.md')).toMatch(/\[GeoNames\]\(https:\/\/www\.geonames\.org\), CC BY 4\.0/);
    // CC BY 4.0 asks for it where places are shown: at the foot of every page.
    expect(pageFooter('en-US').toString()).toMatch(
      /geonames\.org">GeoNames<\/a>, <a href="https:\/\/creativecommons\.org\/licenses\/by\/4\.0\/"/,
    );
  });
});

describe('what ships', () => {
  let bundled: ReadonlySet<string>;
  beforeAll(async () => {
    bundled = await bundledPackages();
  });

  test('is nothing but dependencies that are said to ship', () => {
    expect(bundled).toContain('@aws-sdk/lib-dynamodb');
    expect(bundled).toContain('@middy/core');
    expect([...bundled].filter((name) => !shipped.has(name))).toEqual([]);
  });

  test('is every dependency that is not for development', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    // Of us-atlas the pages have the shapes, which are built into files of their own.
    expect(Object.keys(dependencies).filter((name) => !bundled.has(name))).toEqual(['us-atlas']);
  });

  test('has nothing of DynamoDB Local, which is for development and may not be passed on', () => {
    const simulator = packages.filter(({ name }) => name === 'amplify-dynamodb-simulator');
    expect(simulator.map(({ ships }) => ships)).toEqual([false]);
    expect(bundled).not.toContain('amplify-dynamodb-simulator');
  });

  test('is in the bill of materials, valid CycloneDX, and nothing for development is', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sbom-')), 'sbom.json');
    const { scripts } = JSON.parse(read('package.json')) as { scripts: { sbom: string } };
    const [, ...args] = scripts.sbom.replace('dist/sbom.json', file).split(' ');
    // `--validate` holds it against the schema, and fails when it cannot.
    expect(args).toContain('--validate');
    execFileSync(process.execPath, ['node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js', ...args], {
      cwd: ROOT,
      stdio: 'pipe',
    });
    const { bomFormat, specVersion, components } = JSON.parse(readFileSync(file, 'utf8')) as {
      bomFormat: string;
      specVersion: string;
      components: { group?: string; name: string; version: string; purl: string; components?: [] }[];
    };
    expect([bomFormat, specVersion]).toEqual(['CycloneDX', '1.6']);
    const named = new Set(components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)));
    expect([...bundled].filter((name) => !named.has(name))).toEqual([]);
    expect([...named].filter((name) => !shipped.has(name))).toEqual([]);
  });
});
