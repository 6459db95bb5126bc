import { configDefaults, defineConfig } from 'vitest/config';
import { SlowFilesFirst } from './test/run/slow-files-first';

/** Tests that take long and fail rarely: `npm run test:long`, and a part of the torture. */
const long = '**/*.long.test.ts';
const runsLong = process.env.LONG_TESTS === 'yes';

/** Pure decisions, and what the sources themselves must be like: they start nothing, so they share their processes. */
const pure = ['src/**/*.test.ts', 'local/*/*.test.ts', 'tools/**/*.test.ts', 'test/house/*.test.ts'];
/** The rest starts spaces, browsers and processes: each file has a process of its own. */
const whole = ['test/**/*.test.ts', 'local/test/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: runsLong ? [] : pure,
          exclude: [...configDefaults.exclude, long],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: runsLong ? [long] : whole,
          exclude: [...configDefaults.exclude, ...pure, ...(runsLong ? [] : [long])],
        },
      },
    ],
    globalSetup: ['test/app/compile-once.ts'],
    reporters: ['default', './test/run/skipped-tests.ts'],
    sequence: { sequencer: SlowFilesFirst },
    // What the app logs is shown for a test that fails.
    silent: 'passed-only',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Real processes' work on few cores, and some waiting: more files at once only slow each other.
    maxWorkers: 5,
    minWorkers: 1,
  },
});
