import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import { createRandom } from '../../../tools/simulate/plan/random';
import type { Background } from '../faults/background';
import { beginUnder } from '../faults/begin';
import { type Tried, tryEveryHarm } from '../faults/every-harm';
import type { Fault } from '../faults/fault';
import { keyOf } from '../faults/key-of';
import { sampleNamed } from '../interleavings/scenarios';
import { check } from '../machine/check';
import { quietConsole } from '../machine/console';
import { eventOf, now, webhookOf } from '../machine/events';
import { Life } from '../machine/life';
import { Machine, signingKey } from '../machine/machine';
import { type Result, Tally } from '../report';

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
async function makePast(machine: Machine, unfinished: boolean): Promise<Past> {
  await machine.restore();
  const life = new Life(machine, await machine.boot());
  const events = new Map<string, SimulatedEvent>();
  const old = new Set<string>();
  for (const [index, [name, age, isOld]] of past.entries()) {
    const event = eventOf(sampleNamed(name), `old-${index}`, now - age);
    const key = keyOf(await life.send(await webhookOf(event, `token-of-old-${index}`)));
    events.set(key, event);
    if (isOld) old.add(key);
    const jobs = life.take();
    if (!unfinished || index > 0) await life.deliver(jobs);
  }
  await life.deliver(life.take());
  return { contents: await machine.contents(), events, old };
}

async function runCase(
  machine: Machine,
  { contents, events, old }: Past,
  fault: Fault | null,
): Promise<Tried> {
  const { life, saboteur } = await beginUnder(machine, contents, fault);
  const genuine = new Map(events);
  machine.time.pass(120_000);
  for (let run = 0; run < 3 && !life.hasDied; run += 1) {
    await life.cron();
    await life.deliver(life.take());
  }
  const calls = [...saboteur.calls];
  const event = eventOf(sampleNamed('opened'), 'today');
  const key = keyOf(await life.send(await webhookOf(event, 'token-of-today')));
  genuine.set(key, event);
  for (let run = 0; run < enoughRuns; run += 1) await life.sweep();
  const removed = await check(machine, { genuine, acknowledged: new Set(genuine.keys()), removed: old });
  return { problems: [...life.problems, ...removed], calls };
}

/**
 * Every harm at every storage call of the cron runs that close the days of which the events are not kept.
 * @param share of the harms that is tried, besides all at calls that remove; 1: all
 */
export async function tryRetention(bundleFile: string, seed: number, share: number): Promise<Result> {
  const tally = new Tally('retention, every harm at every storage call');
  const random = createRandom(seed);
  const quiet = quietConsole();
  const machine = new Machine(
    bundleFile,
    {},
    { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, EVENT_RETENTION_DAYS: '2' },
  );
  try {
    for (const unfinished of [false, true]) {
      const before = await makePast(machine, unfinished);
      const runQuietly = async (fault: Fault | null) => {
        const { problems, calls } = await runCase(machine, before, fault);
        return { problems: [...problems, ...quiet.violations([signingKey, 'token-of'])], calls };
      };
      // What is removed cannot be counted again: these calls are never left to chance.
      await tryEveryHarm(
        tally,
        unfinished ? 'an old event unfinished, ' : 'all done, ',
        runQuietly,
        ({ operation }) => operation === 'removeMany' || random.chance(share),
      );
    }
  } finally {
    await machine.close();
    quiet.restore();
  }
  return tally.result();
}
