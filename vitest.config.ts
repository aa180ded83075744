import { createHash } from 'node:crypto';
import { defineConfig } from 'vitest/config';
import { TEST_ORIGIN_KEY } from './test/support/gateway-event.ts';

/** Tests of the whole running stack. */
const SYSTEM = ['test/journey/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Handlers want to know whom they answer: events of test/support/gateway-event.ts come through this edge.
    env: { ORIGIN_KEY_HASHES: createHash('sha256').update(TEST_ORIGIN_KEY).digest('hex') },
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: SYSTEM,
          globalSetup: ['test/support/emulator.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: SYSTEM,
          globalSetup: ['test/support/locator.ts'],
        },
      },
    ],
  },
});
