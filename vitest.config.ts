import { defineConfig } from 'vitest/config';

/** Tests of the whole running stack. */
const SYSTEM = ['test/journey/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
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
