import { expect, inject, it } from 'vitest';
import { createRandom } from '../../tools/simulate/plan/random';
import { pairs, singles } from './platforms/switches';
import { tryPlatforms } from './platforms/trials';

/** Long enough for a machine that is busy with other things, in milliseconds. */
const timeoutMs = 300_000;

it(
  'the app is right under every answer that the platform may give',
  async () => {
    expect((await tryPlatforms(inject('bundleFile'), 'singles', singles)).failures).toEqual([]);
  },
  timeoutMs,
);

it(
  'the app is right under some pairs of such answers',
  async () => {
    const some = createRandom(1).shuffle(pairs).slice(0, 4);
    expect((await tryPlatforms(inject('bundleFile'), 'pairs', some)).failures).toEqual([]);
  },
  timeoutMs,
);
