import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** A pool for a module of that text. */
function poolOf(name: string, text: string, times: { loadTimeoutMs: number; timeoutMs: number }): FunctionPool {
  const module = join(folder, `${name}.mjs`);
  writeFileSync(module, text);
  const pool = createFunctionPool(
    {
      name,
      arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      moduleUrl: pathToFileURL(module).href,
      exportName: 'handler',
      environment: {},
      memoryMegabytes: 128,
      ...times,
    },
    () => {},
  );
  pools.push(pool);
  return pool;
}

test('gives an event its own answer, although the module loads for longer than it is waited for', async () => {
  const pool = poolOf('slow-to-load', 'export const handler = async (event) => ({ given: event });', {
    // No worker has started within it.
    loadTimeoutMs: 0,
    timeoutMs: 60_000,
  });
  expect(await pool.invoke('first')).toEqual({ given: 'first' });
  expect(await pool.invoke('second')).toEqual({ given: 'second' });
});

test('never begins what could not be answered in time any more, and goes on with what can', async () => {
  const begun = join(folder, 'begun');
  const pool = poolOf(
    'busy',
    `import { appendFileSync } from 'node:fs';
    import { setTimeout } from 'node:timers/promises';
    export const handler = async (event) => {
      appendFileSync(${JSON.stringify(begun)}, event + ' ');
      await setTimeout(200);
      return event;
    };`,
    { loadTimeoutMs: 60_000, timeoutMs: 1_000 },
  );
  // As many as it runs at once, and two that wait.
  const first = ['a', 'b', 'c', 'd'].map((event) => pool.invoke(event));
  const [late, patient, ...others] = await Promise.allSettled([
    pool.invoke('late', 2),
    pool.invoke('patient', 600_000),
    ...first,
  ]);
  expect(late).toMatchObject({ status: 'rejected', reason: { errorType: 'TooManyRequestsException' } });
  expect(patient).toEqual({ status: 'fulfilled', value: 'patient' });
  expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled']);
  expect(readFileSync(begun, 'utf8').trim().split(' ').toSorted()).toEqual(['a', 'b', 'c', 'd', 'patient']);
});
