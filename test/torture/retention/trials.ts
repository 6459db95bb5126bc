import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import { createRandom } from '../../../tools/simulate/plan/random';
import type { Background } from '../faults/background';
import { beginUnder } from '../faults/begin';
import { type Tried, tryEveryFault } from '../faults/every-fault';
import type { Fault } from '../faults/fault';
import { keyOf } from '../faults/key-of';
import { sampleNamed } from '../interleavings/scenarios';
import { type Result, Tally } from '../report';
import { check } from '../virtual-space/check';
import { quietConsole } from '../virtual-space/console';
import { Driver } from '../virtual-space/driver';
import { eventOf, now, webhookOf } from '../virtual-space/events';
import { signingKey, VirtualSpace } from '../virtual-space/virtual-space';

const day = 86_400;

/** What is in the log before retention runs for the first time; two days of it are older than is kept. */
const past: ReadonlyArray<readonly [name: string, age: number, isOld: boolean]> = [
  ['delivered', 6 * day, true],
  ['opened', 6 * day - 60, true],
  ['failed temporary', 4 * day, true],
  ['clicked', 4 * day - 7200, true],
  ['delivered', day, false],
  ['opened', 600, false],
];

/** Runs of cron until every old day is gone: one a run, and some that a fault may cost. */
const enoughRuns = 6;

interface Past extends Background {
  readonly old: ReadonlySet<string>;
}

/** @param unfinished the oldest event is stored, but its job is lost */
async function makePast(space: VirtualSpace, unfinished: boolean): Promise<Past> {
  await space.restore();
  const driver = new Driver(space, await space.boot());
  const events = new Map<string, SimulatedEvent>();
  const old = new Set<string>();
  for (const [index, [name, age, isOld]] of past.entries()) {
    const event = eventOf(sampleNamed(name), `old-${index}`, now - age);
    const key = keyOf(await driver.send(await webhookOf(event, `token-of-old-${index}`)));
    events.set(key, event);
    if (isOld) old.add(key);
    const jobs = driver.take();
    if (!unfinished || index > 0) await driver.deliver(jobs);
  }
  await driver.deliver(driver.take());
  return { contents: await space.contents(), events, old };
}

async function runCase(
  space: VirtualSpace,
  { contents, events, old }: Past,
  fault: Fault | null,
): Promise<Tried> {
  const { driver, saboteur } = await beginUnder(space, contents, fault);
  const genuine = new Map(events);
  space.time.pass(120_000);
  for (let run = 0; run < 3 && !driver.hasDied; run += 1) {
    await driver.cron();
    await driver.deliver(driver.take());
  }
  const calls = [...saboteur.calls];
  const event = eventOf(sampleNamed('opened'), 'today');
  const key = keyOf(await driver.send(await webhookOf(event, 'token-of-today')));
  genuine.set(key, event);
  for (let run = 0; run < enoughRuns; run += 1) await driver.sweep();
  const removed = await check(space, { genuine, acknowledged: new Set(genuine.keys()), removed: old });
  return { problems: [...driver.problems, ...removed], calls };
}

/**
 * Every harm at every storage call of the cron runs that close the days of which the events are not kept.
 * @param share of the harms that is tried, and a fifth of those at calls that remove if it is less than 1; 1: all
 */
export async function tryRetention(bundleFile: string, seed: number, share: number): Promise<Result> {
  const tally = new Tally('retention, every harm at every storage call');
  const random = createRandom(seed);
  const quiet = quietConsole();
  const space = new VirtualSpace(
    bundleFile,
    {},
    { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, EVENT_RETENTION_DAYS: '2' },
  );
  try {
    for (const unfinished of [false, true]) {
      const before = await makePast(space, unfinished);
      const runQuietly = async (fault: Fault | null) => {
        const { problems, calls } = await runCase(space, before, fault);
        return { problems: [...problems, ...quiet.violations([signingKey, 'token-of'])], calls };
      };
      // What is removed cannot be counted again: these calls are tried most.
      await tryEveryFault(
        tally,
        unfinished ? 'an old event unfinished, ' : 'all done, ',
        runQuietly,
        ({ operation }) => random.chance(operation === 'removeMany' ? Math.max(0.2, share) : share),
      );
    }
  } finally {
    await space.close();
    quiet.restore();
  }
  return tally.result();
}
