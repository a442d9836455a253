import { writeSync } from 'node:fs';
import type { Reporter, TestModule, TestSuite } from 'vitest/node';

/** Ends the run with one line `N passed, N failed[, N skipped]`. A suite, hook or file that failed counts as a failure. */
export default class SummaryReporter implements Reporter {
  private passed = 0;
  private failed = 0;
  private skipped = 0;

  onInit(): void {
    // At the very end, so that nothing of the other reporters comes after it.
    process.once('exit', (code) => {
      if (code !== 0 && this.failed === 0) this.failed = 1;
      const skipped = this.skipped > 0 ? `, ${this.skipped} skipped` : '';
      writeSync(1, `${this.passed} passed, ${this.failed} failed${skipped}\n`);
    });
  }

  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.passed = 0;
    this.failed = unhandledErrors.length;
    this.skipped = 0;
    for (const testModule of testModules) {
      this.countErrors(testModule);
      for (const suite of testModule.children.allSuites()) this.countErrors(suite);
      for (const test of testModule.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') this.passed++;
        else if (state === 'failed') this.failed++;
        else this.skipped++;
      }
    }
  }

  private countErrors(suite: TestModule | TestSuite): void {
    if (suite.errors().length > 0) this.failed++;
  }
}
