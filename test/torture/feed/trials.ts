import { createRandom, type Random } from '../../../tools/simulate/plan/random';
import { harmsOf } from '../faults/fault';
import { type Chooser, Scheduler } from '../interleavings/scheduler';
import { type Result, Tally } from '../report';
import { compareEventFeed, type FedEvent, readEventFeed } from '../virtual-space/check';
import { quietConsole } from '../virtual-space/console';
import { Driver } from '../virtual-space/driver';
import { eventOf, jsonSamples, now, webhookOf } from '../virtual-space/events';
import { Died, type Instance } from '../virtual-space/instance';
import { signingKey, VirtualSpace } from '../virtual-space/virtual-space';

const kinds = ['delivered', 'opened', 'clicked', 'failed temporary'] as const;
/** Seconds between an event and its arrival: of the same span of counting, of another one, late by days. */
const ages = [0, 0, 0, 1, 30, 3600, 3 * 86_400] as const;
/** Reads of the feed among everything else. */
const maxReads = 12;

async function webhooksOf(random: Random, prefix: string) {
  const bodies = [];
  for (let number = 0; number < random.integer(2, 6); number += 1) {
    const sample = jsonSamples.get(random.pick(kinds));
    if (sample === undefined) throw new Error('There is no such sample.');
    const event = eventOf(sample, `${prefix}-${number}`, now - random.pick(ages));
    bodies.push(await webhookOf(event, `token-of-${prefix}-${number}`));
  }
  return bodies;
}

/** A reader that goes on from its last cursor, in small answers, while others write. */
class Reader {
  readonly read: FedEvent[] = [];

  constructor(
    private readonly space: VirtualSpace,
    private readonly limit: number,
  ) {}

  async goOn(instance?: Instance): Promise<number> {
    const after = this.read.at(-1)?.cursor ?? '';
    const events = await readEventFeed(this.space, { after, limit: String(this.limit) }, instance);
    this.read.push(...events);
    return events.length;
  }
}

/** Events come in, are counted and are read at several instances at once, and any of these may die at any call. */
async function runCase(space: VirtualSpace, random: Random, rate: number): Promise<string[]> {
  await space.restore();
  const chooser: Chooser = {
    choose: (count) => random.integer(0, count - 1),
    harm: (call) => (random.chance(rate) ? random.pick(harmsOf(call)) : null),
  };
  const scheduler = new Scheduler(space.time, chooser);
  const instances: Instance[] = [];
  for (let number = 0; number < 3; number += 1) {
    const own: { instance: Instance | null } = { instance: null };
    own.instance = await space.boot(scheduler.interceptFor(() => own.instance));
    instances.push(own.instance);
  }
  const alive = () => random.pick(instances.filter(({ isDead }) => !isDead));
  const hasAny = () => instances.some(({ isDead }) => !isDead);
  const isHarm = (error: unknown) => error instanceof Died || rate > 0;
  const reader = new Reader(space, random.integer(1, 3));
  const webhooks = await webhooksOf(random, 'fed');
  for (const webhook of webhooks) if (hasAny()) scheduler.add(alive().post(webhook, space.switches), isHarm);
  let [reads, crons] = [0, random.integer(1, 4)];
  let isReading = false;
  await scheduler.run(() => {
    for (const job of space.takeJobs()) if (hasAny()) scheduler.add(alive().work(job), isHarm);
    if (crons > 0 && hasAny() && random.chance(0.1)) {
      crons -= 1;
      scheduler.add(alive().cron(), isHarm);
    }
    if (!isReading && reads < maxReads && hasAny()) {
      isReading = true;
      reads += 1;
      const reading = reader.goOn(alive()).finally(() => {
        isReading = false;
      });
      scheduler.add(reading, isHarm);
    }
  });

  const driver = new Driver(space, await space.spare());
  for (const webhook of webhooks) await driver.send(webhook);
  await driver.deliver(driver.take());
  await driver.sweep();
  while ((await reader.goOn()) > 0);
  const stored = new Set((await space.documents('email_events')).map(({ _id }) => _id));
  const again = await readEventFeed(space);
  const isSame = JSON.stringify(again) === JSON.stringify(reader.read);
  return [
    ...scheduler.problems,
    ...driver.problems,
    ...compareEventFeed(reader.read, stored),
    ...(stored.size < webhooks.length ? ['not every event is stored'] : []),
    ...(isSame ? [] : ['a later reader is told otherwise than the one that followed']),
  ];
}

/**
 * A reader follows the feed of events while others store, count and die.
 * @param goOn says after each case whether there is to be another
 */
export async function tryFeed(
  bundleFile: string,
  seed: number,
  goOn: (cases: number) => boolean,
): Promise<Result> {
  const tally = new Tally('the feed of events, random orders and faults');
  const quiet = quietConsole();
  const space = new VirtualSpace(bundleFile);
  try {
    for (let number = 0; goOn(number); number += 1) {
      const random = createRandom(seed + number);
      const rate = [0, 0.02, 0.08][number % 3] ?? 0;
      const problems = await runCase(space, random, rate);
      const leaks = quiet.violations([signingKey, 'token-of']);
      tally.add(`seed ${seed + number}, faults ${rate}`, [...problems, ...leaks]);
    }
  } finally {
    await space.close();
    quiet.restore();
  }
  return tally.result();
}
