import { expect, inject, it } from 'vitest';
import { tryFaults } from './faults/trials';

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
      share: 0.2,
    });
    expect(failures).toEqual([]);
    expect(cases).toBeGreaterThan(30);
  },
  timeoutMs,
);
