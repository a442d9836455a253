import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest: begun last, they would run alone while the other core waits. */
const longest = ['test/crash/crash.test.ts', 'test/init.test.ts'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => moduleId.endsWith(name));
      return at === -1 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

/** Tests that need no homeserver; they run without one being looked for. */
const pure = [
  'test/core/**/*.test.ts',
  'test/pipeline/**/*.test.ts',
  'test/store/**/*.test.ts',
  'test/homeserver/{public,host,relay}/**/*.test.ts',
  'test/{config,config-command,exchange,health,log,structure}.test.ts',
];

export default defineConfig({
  test: {
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    maxWorkers: 2,
    // Synapse itself may begin a task a minute late, and machines are slow now and then.
    testTimeout: 300_000,
    expect: { poll: { timeout: 240_000 } },
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
