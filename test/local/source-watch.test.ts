import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchSources } from '../../local/source-watch.ts';

/** A busy machine takes its time. */
const PATIENTLY = { timeout: 10_000 };

let root: string;
let stop: () => void;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'locator-watch-'));
  for (const folder of ['functions', 'infra', 'shared/geo', 'web', 'data'])
    mkdirSync(join(root, folder), { recursive: true });
});
afterEach(() => {
  stop();
  rmSync(root, { recursive: true });
});

const write = (file: string): void => writeFileSync(join(root, file), 'text');

test('makes one call of a burst of changes, in whatever folder', async () => {
  const onChange = vi.fn(async () => {});
  stop = watchSources(root, onChange);
  for (const file of ['functions/a.ts', 'infra/b.ts', 'shared/geo/c.ts', 'web/d.css', 'data/launch.json']) write(file);
  await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), PATIENTLY);
  expect(onChange).toHaveBeenCalledTimes(1);
});

test('calls again, and only afterwards, for a change that came meanwhile', async () => {
  const first = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const onChange = vi.fn(async () => {
    most = Math.max(most, ++running);
    if (onChange.mock.calls.length === 1) {
      write('shared/geo/second.ts');
      await first.promise;
    }
    running--;
  });
  stop = watchSources(root, onChange);
  write('shared/geo/first.ts');
  await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1), PATIENTLY);
  write('shared/geo/third.ts');
  first.resolve();
  await vi.waitFor(() => expect(onChange.mock.calls.length).toBeGreaterThanOrEqual(2), PATIENTLY);
  expect(most).toBe(1);
});

test('does not build for data that no bundle holds', async () => {
  const onChange = vi.fn(async () => {});
  stop = watchSources(root, onChange);
  write('data/dealers.csv');
  write('data/launch.json');
  await vi.waitFor(() => expect(onChange).toHaveBeenCalled(), PATIENTLY);
  write('data/dealers.csv');
  write('web/page.html');
  await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(2), PATIENTLY);
});
