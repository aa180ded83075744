import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MUTATIONS } from '../../bench/mutations/mutations.ts';
import { broken } from '../../bench/mutations/mutations-bench.ts';

const REPOSITORY_DIR = resolve(import.meta.dirname, '..', '..');

describe('the list of mutations still fits the sources:', () => {
  test.each(MUTATIONS)('$name', (mutation) => {
    const sound = readFileSync(join(REPOSITORY_DIR, mutation.file), 'utf8');
    expect(broken(sound, mutation)).not.toBe(sound);
    for (const file of mutation.tests) expect(existsSync(join(REPOSITORY_DIR, 'test', file)), file).toBe(true);
  });
});

test('a line that stands nowhere, or twice, is told', () => {
  const mutation = { name: 'n', file: 'f', find: 'a', replace: 'b', tests: [] };
  expect(() => broken('xyz', mutation)).toThrow('0 times');
  expect(() => broken('a a', mutation)).toThrow('2 times');
});
