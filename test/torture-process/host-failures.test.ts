import { describe, expect, it } from 'vitest';
import { hostFailures } from './host-failures';

describe.concurrent('a machine that fails', () => {
  for (const [name, run] of Object.entries(hostFailures)) {
    it(`harms nothing that was acknowledged: ${name}`, async ({ skip }) => {
      const { broken, skipped } = await run(5);
      if (skipped !== undefined) skip(skipped);
      expect(broken).toEqual([]);
    });
  }
});
