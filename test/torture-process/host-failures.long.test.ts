import { describe, expect, it, vi } from 'vitest';
import { hostFailures } from './host-failures';

// A space that starts slowly misses the minute in which the sweep is due, and waits for the next one.
vi.setConfig({ testTimeout: 180_000 });

describe.concurrent('a machine that fails', () => {
  for (const [name, run] of Object.entries(hostFailures)) {
    it(`harms nothing that was acknowledged: ${name}`, async ({ skip }) => {
      const { broken, skipped } = await run(5);
      if (skipped !== undefined) skip(skipped);
      expect(broken).toEqual([]);
    });
  }
});
