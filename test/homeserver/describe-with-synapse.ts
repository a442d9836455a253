import { describe, inject, test } from 'vitest';

/**
 * A `describe` whose tests need a real Synapse. Where none can be had it fails under `CI=true` and is skipped, with a
 * loud line, elsewhere.
 */
export function describeWithSynapse(name: string, tests: () => void): void {
  const problem = inject('synapseProblem');
  if (problem === null) {
    describe(name, tests);
  } else if (process.env.CI === 'true') {
    describe(name, () => {
      test('has a real Synapse to run against', () => {
        throw new Error(problem);
      });
    });
  } else {
    process.stderr.write(`\n!!! SKIPPED, NOT TESTED: ${name}\n!!! ${problem.replaceAll('\n', '\n!!! ')}\n\n`);
    describe.skip(name, tests);
  }
}
