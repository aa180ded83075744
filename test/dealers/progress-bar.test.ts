import { expect, test } from 'vitest';
import { progressBar } from '../../data/dealers/progress-bar.ts';

function shown(isTTY: boolean, total: number): string[] {
  const written: string[] = [];
  const show = progressBar({ isTTY, write: (text) => written.push(text) });
  for (let done = 1; done <= total; done += 1) show({ done, total });
  return written;
}

test('a terminal sees one bar drawn over, to its full length', () => {
  const written = shown(true, 5_000);
  expect(written.length).toBeLessThanOrEqual(1_001);
  expect(written.every((text) => text.startsWith('\r['))).toBe(true);
  expect(written.at(-1)).toBe(`\r[${'#'.repeat(30)}] 100 %, 5,000 of 5,000\n`);
});

test('a file gets a line at every tenth', () => {
  const written = shown(false, 5_000);
  expect(written).toHaveLength(11);
  expect(written.slice(-2)).toEqual(['90 %, 4,500 of 5,000\n', '100 %, 5,000 of 5,000\n']);
});
