import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const PAGES = ['README.md', ...['bench', 'data', 'docs'].flatMap(pagesIn)];

describe.each(PAGES)('%s', (page) => {
  test('links to files and headings that are there', () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });

  test('names commands that package.json has', () => {
    const commands = [...read(page).matchAll(/npm run (?:--silent )?([\w-]+)/g)].map(([, name = '']) => name);
    expect(commands.filter((name) => !(name in scripts()))).toEqual([]);
  });
});

test('the README names every command', () => {
  const readme = read('README.md');
  expect(Object.keys(scripts()).filter((name) => !new RegExp(`npm (run )?${name}\\b`).test(readme))).toEqual([]);
});

describe('decisions', () => {
  const files = readdirSync(join(ROOT, 'docs', 'decisions')).filter((file) => /^\d{4}-/.test(file));

  test('are all in the index, by number and title', () => {
    const expected = files.map((file) => {
      const [, number, title] = /^# (\d+)\. (.+)$/m.exec(read(`docs/decisions/${file}`)) ?? [];
      expect(file).toMatch(new RegExp(`^${number?.padStart(4, '0')}-`));
      return `${number}. [${title}](${file})`;
    });
    expect([...read('docs/decisions/README.md').matchAll(/^\d+\. \[.+$/gm)].map(([line]) => line)).toEqual(expected);
  });

  test.each(files)('%s has its four parts', (file) => {
    const parts = [...read(`docs/decisions/${file}`).matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, part]) => part);
    expect(parts).toEqual(['Context', 'Decision', 'Consequences', 'What would change our mind']);
  });
});

function pagesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${folder}/${file}`)
    .toSorted();
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(read(target)).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function scripts(): Readonly<Record<string, string>> {
  return JSON.parse(read('package.json')).scripts;
}
