import { expect, inject, it } from 'vitest';
import { createRandom } from '../../tools/simulate/plan/random';
import { hardest, pairs } from './platforms/switches';
import { tryPlatforms } from './platforms/trials';

const isWhole = process.env.EVERY_FAULT === 'yes';
/** Other platforms in every run; the torture and `npm run mutants` try all. */
const seed = Math.floor(Date.now() / 1000);

it(`the app is right under every pair of answers that the platform may give, and so under every answer (seed ${seed})`, async () => {
  const some = createRandom(seed)
    .shuffle(pairs)
    .slice(0, Math.ceil(pairs.length / 3));
  const platforms = [hardest, ...(isWhole ? pairs : some)];
  const { cases, failures } = await tryPlatforms(inject('bundleFile'), 'pairs', platforms);
  expect(failures).toEqual([]);
  expect(cases).toBe(platforms.length);
  expect(cases).toBeGreaterThan(5);
  // Long enough for a machine that is busy with other things.
}, 300_000);
