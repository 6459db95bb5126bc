import { expect, inject, it } from 'vitest';
import { hardest, pairs } from './platforms/switches';
import { tryPlatforms } from './platforms/trials';

it('the app is right under every pair of answers that the platform may give, and so under every answer', async () => {
  const platforms = [hardest, ...pairs];
  const { cases, failures } = await tryPlatforms(inject('bundleFile'), 'pairs', platforms);
  expect(failures).toEqual([]);
  expect(cases).toBe(platforms.length);
  // Long enough for a machine that is busy with other things.
}, 300_000);
