import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FUNCTION_SPECS } from '../../infra/functions.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'recovery.md'), 'utf8');
const runbook = readFileSync(join(ROOT, 'docs', 'runbook.md'), 'utf8');

test('the procedure stops every function that reads or writes reservations, and no other', () => {
  const stopped = /USES="([^"]+)"/.exec(page)?.[1]?.split(/\s+/) ?? [];
  const users = FUNCTION_SPECS.filter(([, { access = {} }]) => 'reservations' in access).map(([name]) => name);
  expect(users.length).toBeGreaterThan(8);
  expect(stopped.toSorted()).toEqual(users.toSorted());
});

test('the procedure names commands, options and sections that exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const commands = [...page.matchAll(/npm run ([\w-]+)/g)].map(([, name]) => name ?? '');
  expect(commands).toContain('recovery');
  expect(commands.filter((name) => !(name in scripts))).toEqual([]);

  const usage = readFileSync(join(ROOT, 'local', 'recovery-cli.ts'), 'utf8');
  const steps = [...page.matchAll(/npm run recovery -- ([^\n`]+)/g)].map(([, words]) => words ?? '');
  const words = steps.flatMap((step) => step.split(' ')).filter((word) => /^(--)?[a-z][\w-]+$/.test(word));
  expect(words).toEqual(expect.arrayContaining(['copy', 'erase', 'check', 'mend', '--empty-first']));
  const unknown = words.filter((word) => !usage.includes(word) && word !== 'restored-reservations');
  expect(unknown).toEqual([]);

  const anchors = [...page.matchAll(/runbook\.md#([\w-]+)/g)].map(([, anchor]) => anchor ?? '');
  const headings = [...runbook.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading?.toLowerCase());
  expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
});
