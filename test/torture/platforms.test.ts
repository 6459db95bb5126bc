import { expect, inject, it } from 'vitest';
import { createRandom } from '../../tools/simulate/plan/random';
import { tryPlatforms } from './platforms/campaign';
import { pairs, singles } from './platforms/switches';

it('the app is right under every answer that the platform may give', async () => {
  expect((await tryPlatforms(inject('bundleFile'), 'singles', singles)).failures).toEqual([]);
});

it('the app is right under some pairs of such answers', async () => {
  const some = createRandom(1).shuffle(pairs).slice(0, 8);
  expect((await tryPlatforms(inject('bundleFile'), 'pairs', some)).failures).toEqual([]);
});
