import fc from 'fast-check';
import { expect, inject, it } from 'vitest';
import { createRandom } from '../../tools/simulate/plan/random';
import { silentDestination } from '../notices/silent-destination';
import { type Harm, harmsOf, Saboteur } from '../torture/faults/fault';
import { type Chooser, Scheduler } from '../torture/interleavings/scheduler';
import { quietConsole } from '../torture/virtual-space/console';
import { Driver } from '../torture/virtual-space/driver';
import { Died, type Instance } from '../torture/virtual-space/instance';
import type { Call } from '../torture/virtual-space/intercept';
import { signingKey, VirtualSpace } from '../torture/virtual-space/virtual-space';
import { beginning } from '../torture/virtual-space/virtual-time';
import { checking, putHour, toldIn } from './alerted-space';

/*
 * Two processes check at the same time, in any order of their storage calls, and either dies or loses a call anywhere.
 * Whatever happens, the same messages are told as when one process checks in peace.
 */

/** Complaints of 10,000 messages: clear, between the lines, a warning, critical. */
const complaintsOf = { clear: 5, between: 9, warn: 20, critical: 60 } as const;

const minuteMs = 60_000;

/** What is there to read at a moment, and how long after the one before. No sum of the pauses is near a limit. */
const moment = fc.record({
  minutes: fc.constantFrom(13, 13, 13, 1503),
  newsletter: fc.constantFrom('clear', 'between', 'warn', 'critical'),
  receipts: fc.constantFrom('clear', 'warn', 'critical'),
});
type Moment = typeof moment extends fc.Arbitrary<infer Value> ? Value : never;

async function arrive(space: VirtualSpace, { minutes, newsletter, receipts }: Moment, since: number) {
  const time = since + minutes * minuteMs;
  space.time.pass(time - Date.now());
  const hour = new Date(Math.floor(time / 3_600_000) * 3_600_000).toISOString();
  await space.storage.connection().removeMany('stat_buckets', {});
  const counts = (complaints: number) => ({ complaints, deliveredToReporting: 10_000, delivered: 10_000 });
  await putHour(space, hour, {
    'tag:newsletter': counts(complaintsOf[newsletter]),
    'tag:receipts': counts(complaintsOf[receipts]),
  });
  return time;
}

async function keysIn(space: VirtualSpace): Promise<string[]> {
  return (await toldIn(space)).map(({ key }) => key).sort();
}

async function inPeace(space: VirtualSpace, moments: readonly Moment[]): Promise<string[]> {
  await space.restore();
  const driver = new Driver(space, await space.spare());
  let time = beginning;
  for (const one of moments) {
    time = await arrive(space, one, time);
    await driver.job(checking);
  }
  expect(driver.problems).toEqual([]);
  return keysIn(space);
}

async function inChaos(space: VirtualSpace, moments: readonly Moment[], seed: number): Promise<string[]> {
  await space.restore();
  const random = createRandom(seed);
  const rate = random.pick([0, 0.02, 0.1]);
  const chooser: Chooser = {
    choose: (count) => random.integer(0, count - 1),
    harm: (call: Call): Harm | null => (random.chance(rate) ? random.pick(harmsOf(call)) : null),
  };
  const scheduler = new Scheduler(space.time, chooser);
  const processes: { instance: Instance | null }[] = [{ instance: null }, { instance: null }];
  const healthy = new Driver(space, await space.spare());
  let time = beginning;
  for (const one of moments) {
    time = await arrive(space, one, time);
    for (const own of processes) {
      if (own.instance === null || own.instance.isDead)
        own.instance = await space.boot(scheduler.interceptFor(() => own.instance));
      scheduler.add(own.instance.job(checking), (error) => error instanceof Died);
    }
    await scheduler.run(() => {});
    // The next minute's check, which nothing happens to.
    await healthy.job(checking);
  }
  expect([...scheduler.problems, ...healthy.problems]).toEqual([]);
  return keysIn(space);
}

it('two who check at once, and die anywhere, tell the same as one who checks in peace', async () => {
  const quiet = quietConsole();
  const space = new VirtualSpace(
    inject('bundleFile'),
    {},
    { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, ...silentDestination },
  );
  let told = 0;
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(moment, { minLength: 3, maxLength: 8 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        async (moments, seed) => {
          const expected = await inPeace(space, moments);
          told += expected.length;
          expect(await inChaos(space, moments, seed)).toEqual(expected);
        },
      ),
      { numRuns: 12 },
    );
    expect(told).toBeGreaterThan(5);
  } finally {
    await space.close();
    quiet.restore();
  }
});

/** The calls that a check makes when two alerts open, and what is told after one of them went wrong and cron came again. */
async function withFault(space: VirtualSpace, at: number | null, harm: Harm) {
  await space.restore();
  const quietDriver = new Driver(space, await space.spare());
  await arrive(space, { minutes: 13, newsletter: 'clear', receipts: 'clear' }, beginning);
  await quietDriver.job(checking);
  await arrive(space, { minutes: 13, newsletter: 'warn', receipts: 'critical' }, Date.now());
  const saboteur = new Saboteur(at === null ? null : { at, harm });
  const instance = await space.boot(saboteur.intercept);
  saboteur.victim = instance;
  await new Driver(space, instance).job(checking);
  await quietDriver.job(checking);
  return { calls: saboteur.calls, keys: await keysIn(space) };
}

it('whatever goes wrong at any write of an alert or of its message, the next check tells the rest', async () => {
  const quiet = quietConsole();
  const space = new VirtualSpace(
    inject('bundleFile'),
    {},
    { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, ...silentDestination },
  );
  try {
    const { calls, keys } = await withFault(space, null, 'fails before');
    expect(keys).toEqual([expect.stringMatching(/1-opened$/), expect.stringMatching(/1-opened$/)]);
    const tried = calls.flatMap((call, at) =>
      /^(alerts|deliveries)$/.test(call.on) ? harmsOf(call).map((harm) => ({ at, harm })) : [],
    );
    expect(tried.length).toBeGreaterThan(30);
    for (const { at, harm } of tried)
      expect({ at, harm, keys: (await withFault(space, at, harm)).keys }).toEqual({ at, harm, keys });
  } finally {
    await space.close();
    quiet.restore();
  }
});
