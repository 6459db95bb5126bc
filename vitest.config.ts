import { configDefaults, defineConfig } from 'vitest/config';
import { SlowFilesFirst } from './test/run/slow-files-first';

/** Tests that take long and fail rarely: `npm run test:long`, and a part of the torture. */
const long = '**/*.long.test.ts';
const runsLong = process.env.LONG_TESTS === 'yes';

export default defineConfig({
  test: {
    include: runsLong ? [long] : ['test/**/*.test.ts', 'src/**/*.test.ts', 'local/**/*.test.ts'],
    exclude: runsLong ? configDefaults.exclude : [...configDefaults.exclude, long],
    globalSetup: ['test/app/compile-once.ts'],
    reporters: ['default', './test/run/skipped-tests.ts'],
    sequence: { sequencer: SlowFilesFirst },
    // What the app logs is shown for a test that fails.
    silent: 'passed-only',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Real processes' work on few cores, and some waiting: more files at once only slow each other.
    maxWorkers: 3,
    minWorkers: 1,
  },
});
