import { defineConfig } from 'vitest/config';
import { TEST_ORIGIN_KEY_HASHES } from './test/support/gateway-event.ts';

/** Tests of the whole running stack. */
const SYSTEM = ['test/journey/**/*.test.ts'];
/** Tests that look at the built pages with a browser. */
const PAGES = ['test/web/**/*.test.ts'];

export default defineConfig({
  test: {
    // For a machine that has much else to do.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Handlers want to know whom they answer: events of test/support/gateway-event.ts come through this edge.
    env: { ORIGIN_KEY_HASHES: TEST_ORIGIN_KEY_HASHES },
    // Vitest leaves a core to itself, which is half of a small machine.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: [...SYSTEM, ...PAGES],
          globalSetup: ['test/support/emulator.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          include: PAGES,
          globalSetup: ['test/support/built-pages.ts'],
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
