import { expect, inject, it } from 'vitest';
import { tryCrowds, tryPairs } from './interleavings/campaign';

/** Long enough for a machine that is busy with other things, in milliseconds. */
const patience = 300_000;

it(
  'two requests at once end the same in whatever order their storage calls take place',
  async () => {
    const { failures } = await tryPairs({ bundleFile: inject('bundleFile'), seed: 1, limit: 15 });
    expect(failures).toEqual([]);
  },
  patience,
);

it(
  'crowds of requests, workers and cron runs end as the model says',
  async () => {
    const { failures } = await tryCrowds({
      bundleFile: inject('bundleFile'),
      seed: 1,
      goOn: (cases) => cases < 6,
    });
    expect(failures).toEqual([]);
  },
  patience,
);
