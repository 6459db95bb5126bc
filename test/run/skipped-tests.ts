import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Prints at the end of a run which tests were skipped and why. A reason that says what to install fails the run in CI, because
 * the test could have run there; a right or an address that the machine does not give is only told.
 */
export default class SkippedTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules
      .flatMap((module) => [...module.children.allTests('skipped')])
      // A run of some tests by their name skips the others without a reason.
      .flatMap((test) => {
        const reason = reasonOf(test);
        return reason === undefined ? [] : [{ test, reason }];
      });
    if (skipped.length === 0) return;
    const lines = skipped.map(
      ({ test, reason }) => `  ${relative(process.cwd(), test.module.moduleId)}: ${test.fullName}: ${reason}`,
    );
    process.stdout.write(`\nSkipped, because this machine lacks something:\n${lines.join('\n')}\n`);
    if (process.env.CI === undefined || !skipped.some(({ reason }) => reason.includes('install '))) return;
    process.stdout.write('They could have run: install in .ci/run what is missing.\n');
    process.exitCode = 1;
  }
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  return result?.state === 'skipped' ? result.note : undefined;
}
