import { describe, expect, it } from 'vitest';
import { failingDisks } from './failing-disks';

/** These take a few seconds each; the others are tried by the torture. */
const short = ['one file is read-only', 'the folder was open to everybody', 'somebody is erased'];

describe.concurrent('a disk that fails', () => {
  it('is tried in eight ways, in three of them here', () => {
    expect(Object.keys(failingDisks)).toHaveLength(8);
    expect(Object.keys(failingDisks)).toEqual(expect.arrayContaining(short));
  });

  for (const [name, run] of Object.entries(failingDisks).filter(([name]) => short.includes(name))) {
    it(`takes nothing that was acknowledged: ${name}`, async ({ skip }) => {
      const { broken, skipped } = await run(5);
      if (skipped !== undefined) skip(skipped);
      expect(broken).toEqual([]);
    }, 180_000);
  }
});
