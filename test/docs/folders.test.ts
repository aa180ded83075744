import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const DEEPEST = 2;
const listed = [...read('docs/folders.md').matchAll(/^\| `([^`]+)\/` \| .+ \|$/gm)].map(([, folder = '']) => folder);

test('docs/folders.md has a line for every folder two levels deep, in order, and no other', () => {
  expect(listed).toEqual(foldersIn('', DEEPEST));
});

test('the README leads to every folder of the first level that has no dot', () => {
  const rows = [...read('README.md').matchAll(/^\| `([a-z]+)\/` \|/gm)].map(([, folder]) => folder);
  expect(rows.toSorted()).toEqual(foldersIn('', 1).filter((folder) => !folder.startsWith('.')));
});

/** Without what Git ignores (`.gitignore` names folders by their last name), and without what editors put there, which has a dot. */
function foldersIn(parent: string, levels: number): string[] {
  const ignored = [...read('.gitignore').matchAll(/^(.+)\/$/gm)].map(([, name]) => name);
  return readdirSync(join(ROOT, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !ignored.includes(entry.name))
    .map(({ name }) => (parent === '' ? name : `${parent}/${name}`))
    .filter((folder) => !folder.startsWith('.') || listed.includes(folder))
    .toSorted()
    .flatMap((folder) => [folder, ...(levels > 1 ? foldersIn(folder, levels - 1) : [])]);
}
