import { expect, inject, it } from 'vitest';
import { tryFaults } from './faults/campaign';

it('after a failure or a death at any storage call, everything is as the model says', async () => {
  const bundleFile = inject('bundleFile');
  const { failures, cases } = await tryFaults({ bundleFile, seed: 1, share: 0.04, aftermath: 'any' });
  expect(failures).toEqual([]);
  expect(cases).toBeGreaterThan(100);
});
