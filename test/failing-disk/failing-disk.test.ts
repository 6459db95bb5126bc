import { describe, expect, it } from 'vitest';
import { failingDisks } from './failing-disks';

describe.concurrent('a disk that fails', () => {
  it('is tried in eight ways', () => {
    expect(Object.keys(failingDisks)).toHaveLength(8);
  });

  for (const [name, run] of Object.entries(failingDisks)) {
    it(`takes nothing that was acknowledged: ${name}`, async ({ skip }) => {
      const { broken, skipped } = await run(5);
      if (skipped !== undefined) {
        console.warn(`${name}: ${skipped}`);
        skip();
      }
      expect(broken).toEqual([]);
    }, 180_000);
  }
});
