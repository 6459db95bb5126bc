import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'src/**/*.test.ts', 'local/**/*.test.ts'],
    globalSetup: ['test/app/compile-once.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Real processes' work on few cores, and some waiting: more files at once only slow each other.
    maxWorkers: 3,
    minWorkers: 1,
  },
});
