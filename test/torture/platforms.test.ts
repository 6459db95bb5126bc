import { expect, inject, it } from 'vitest';
import { hardest, pairs, singles } from './platforms/switches';
import { tryPlatforms } from './platforms/trials';

/** Long enough for a machine that is busy with other things, in milliseconds. */
const timeoutMs = 300_000;

it(
  'the app is right under every answer that the platform may give',
  async () => {
    expect((await tryPlatforms(inject('bundleFile'), 'singles', [hardest, ...singles])).failures).toEqual([]);
  },
  timeoutMs,
);

it(
  'the app is right under every pair of such answers',
  async () => {
    expect((await tryPlatforms(inject('bundleFile'), 'pairs', pairs)).failures).toEqual([]);
  },
  timeoutMs,
);
