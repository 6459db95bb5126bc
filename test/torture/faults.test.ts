import { expect, inject, it } from 'vitest';
import { tryFaults } from './faults/campaign';
import { allSamples } from './machine/events';

it('after a failure or a death at any storage call, everything is as the model says', async () => {
  const bundleFile = inject('bundleFile');
  const step = allSamples.size;
  const { failures, cases } = await tryFaults({ bundleFile, seed: 1, step, aftermath: 'any' });
  expect(failures).toEqual([]);
  expect(cases).toBeGreaterThan(100);
});
