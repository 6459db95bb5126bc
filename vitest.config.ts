import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/app/compile-once.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Sources and bundle are real processes' work on few cores: more files at once only slow each other.
    maxWorkers: 2,
    minWorkers: 1,
  },
});
