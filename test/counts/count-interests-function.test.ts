import { afterEach, expect, test, vi } from 'vitest';
import { SMALLEST_COUNT_VARIABLE } from '../../shared/runtime/environment.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** Loads the function as a cold start does. */
async function start(smallestCount: string | undefined): Promise<unknown> {
  for (const table of ['FACT', 'ROLLUP', 'DEALER']) vi.stubEnv(`${table}_TABLE_NAME`, 'none');
  vi.stubEnv(SMALLEST_COUNT_VARIABLE, smallestCount);
  return import('../../functions/count-interests.ts');
}

test.each(['', 'five', '5,', '2.5', '1', '0', '-3', 'NaN', 'Infinity'])(
  'does not start with %j for the smallest count: it would show all of them',
  async (smallestCount) => {
    await expect(start(smallestCount)).rejects.toThrow(
      'the environment variable SMALLEST_COUNT must be a whole number from 2 on',
    );
  },
);

test.each([undefined, '2', '1000'])('starts with %j', async (smallestCount) => {
  expect(await start(smallestCount)).toHaveProperty('handler');
});
