import { expect, inject, it } from 'vitest';
import { tryOrders } from './interleavings/orders';
import { tryConcurrentInstances, tryPairs } from './interleavings/trials';

/** Orders of each pair; more where the test is to find one fault of the code (`npm run mutants`). */
const orders = process.env.EVERY_FAULT === 'yes' ? 8 : 4;
/** Long enough for a machine that is busy with other things, in milliseconds. */
const timeoutMs = 300_000;

it(
  'two requests at once end the same in whatever order their storage calls take place',
  async () => {
    const { failures } = await tryPairs({ bundleFile: inject('bundleFile'), seed: 1, orders });
    expect(failures).toEqual([]);
  },
  timeoutMs,
);

it(
  'many requests, workers and cron runs at once end as the model says',
  async () => {
    const { failures } = await tryConcurrentInstances({
      bundleFile: inject('bundleFile'),
      seed: 1,
      goOn: (cases) => cases < 3,
    });
    expect(failures).toEqual([]);
  },
  timeoutMs,
);

it(
  "one person's events end the same in whatever order they come",
  async () => {
    expect((await tryOrders(inject('bundleFile'))).failures).toEqual([]);
  },
  timeoutMs,
);
