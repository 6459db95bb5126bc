import { expect, inject, it } from 'vitest';
import { tryNotices } from './notices/trials';

/** Long enough for a machine that is busy with other things, in milliseconds. */
const timeoutMs = 300_000;

it(
  'every notice arrives everywhere, and nothing is called delivered that has not, whatever call fails meanwhile',
  async () => {
    const { failures, cases } = await tryNotices(inject('bundleFile'), 1, 0.1);
    expect(failures).toEqual([]);
    expect(cases).toBeGreaterThan(30);
  },
  timeoutMs,
);
