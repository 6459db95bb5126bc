import { expect, inject, it } from 'vitest';
import { tryFaults } from './faults/trials';

/** The share of the faults that is tried: some, and all where the test is to find one fault of the code (`npm run mutants`). */
const share = process.env.EVERY_FAULT === 'yes' ? 1 : 0.1;
/** Long enough for a machine that is busy with other things, in milliseconds. */
const timeoutMs = 300_000;

it(
  'after a failure or a death at any storage call, everything is as the model says',
  async () => {
    const bundleFile = inject('bundleFile');
    const { failures, cases } = await tryFaults({
      bundleFile,
      seed: 1,
      types: 'any',
      aftermath: 'any',
      share,
    });
    expect(failures).toEqual([]);
    expect(cases).toBeGreaterThan(30);
  },
  timeoutMs,
);
