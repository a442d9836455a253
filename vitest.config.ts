import { defineConfig } from 'vitest/config';

/** Tests that need no homeserver; they run without one being looked for. */
const pure = [
  'test/core/**/*.test.ts',
  'test/pipeline/**/*.test.ts',
  'test/store/**/*.test.ts',
  'test/{config,health,log,structure}.test.ts',
];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 300_000,
    reporters: ['default', './test/summary-reporter.ts'],
    projects: [
      { extends: true, test: { name: 'pure', include: pure } },
      {
        extends: true,
        test: {
          name: 'homeserver',
          include: ['test/**/*.test.ts'],
          exclude: pure,
          globalSetup: ['test/homeserver/global-setup.ts'],
        },
      },
    ],
  },
});
