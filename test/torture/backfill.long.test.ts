import { expect, inject, it } from 'vitest';
import { tryBackfill } from './backfill/trials';

/** Long enough for a machine that is busy with other things, in milliseconds. */
const timeoutMs = 300_000;

it(
  'a run that brings back what was lost loses and doubles nothing, whatever call fails meanwhile',
  async () => {
    const { failures, cases } = await tryBackfill(inject('bundleFile'), 1, 0.05);
    expect(failures).toEqual([]);
    expect(cases).toBeGreaterThan(20);
  },
  timeoutMs,
);
