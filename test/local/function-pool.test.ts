import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFunctionPool, type FunctionPool } from '../../local/aws/function-pool.ts';

let folder: string;
const pools: FunctionPool[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'function-pool-'));
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.stop()));
  rmSync(folder, { recursive: true });
});

test('gives an event its own answer, although the module loads for longer than it is waited for', async () => {
  const module = join(folder, 'index.mjs');
  writeFileSync(module, 'export const handler = async (event) => ({ given: event });');
  const pool = createFunctionPool(
    {
      name: 'slow-to-load',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:slow-to-load',
      moduleUrl: pathToFileURL(module).href,
      exportName: 'handler',
      environment: {},
      // No worker has started within it.
      loadTimeoutMs: 0,
      timeoutMs: 60_000,
      memoryMegabytes: 128,
    },
    () => {},
  );
  pools.push(pool);
  expect(await pool.invoke('first')).toEqual({ given: 'first' });
  expect(await pool.invoke('second')).toEqual({ given: 'second' });
});
