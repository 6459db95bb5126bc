import { expect, inject, it } from 'vitest';
import { tryCrowds, tryPairs } from './interleavings/campaign';
import { tryOrders } from './interleavings/orders';

/** Long enough for a machine that is busy with other things, in milliseconds. */
const patience = 300_000;

it(
  'two requests at once end the same in whatever order their storage calls take place',
  async () => {
    const { failures } = await tryPairs({ bundleFile: inject('bundleFile'), seed: 1, orders: 15 });
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

it(
  "one person's events end the same in whatever order they come",
  async () => {
    expect((await tryOrders(inject('bundleFile'))).failures).toEqual([]);
  },
  patience,
);
