import * as v from 'valibot';
import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import { createRandom } from '../../../tools/simulate/plan/random';
import { MailgunRecord } from '../../mailgun-api/event-store';
import { eventRoutes } from '../../mailgun-api/events';
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
import { accountKey, mailgunUrl, replaceFetch } from './mailgun';

/** What has happened, how many seconds ago, and whether its webhook was lost. */
const happened: ReadonlyArray<readonly [name: string, age: number, isLost: boolean]> = [
  ['accepted', 8000, false],
  ['delivered', 7200, true],
  ['opened', 6000, true],
  ['failed bounce', 5400, true],
  ['clicked', 5000, false],
  ['delivered to a newcomer', 4000, true],
];

/** Events of a page of Mailgun's record: some hold what is known and what is not. */
const pageSize = 2;

const delivery = v.object({ 'event-data': v.unknown() });
const cursor = v.object({ checkedUntil: v.optional(v.nullable(v.number()), null) });

interface Past extends Background {
  readonly lost: ReadonlySet<string>;
}

/** Tells the record of everything and the app of what was not lost. */
async function makePast(space: VirtualSpace, record: MailgunRecord, isFirst: boolean): Promise<Past> {
  await space.restore();
  const events = new Map<string, SimulatedEvent>();
  const lost = new Set<string>();
  for (const [index, [name, age, isLost]] of happened.entries()) {
    const event = eventOf(sampleNamed(name), `happened-${index}`, now - age);
    const webhook = await webhookOf(event, `token-of-${index}`);
    if (isFirst) record.add(v.parse(delivery, JSON.parse(webhook.body.toString()))['event-data']);
    const key = keyOf(await new Driver(space, await space.spare()).send(webhook));
    events.set(key, event);
    if (isLost) lost.add(key);
  }
  await space.restore();
  const driver = new Driver(space, await space.spare());
  for (const [index, [key, event]] of [...events].entries())
    if (!lost.has(key)) await driver.send(await webhookOf(event, `token-of-${index}`));
  await driver.deliver(driver.take());
  await driver.deliver(driver.take());
  const contents = new Map(await space.contents());
  // What the app has compared meanwhile is forgotten.
  contents.delete('backfill_cursors');
  return { contents, events, lost };
}

async function runCase(
  space: VirtualSpace,
  { contents, events, lost }: Past,
  fault: Fault | null,
): Promise<Tried> {
  const { driver, saboteur } = await beginUnder(space, contents, fault);
  await driver.cron();
  // The run of the domain, the events that it brings back, and their counts.
  for (let jobs = 0; jobs < 3 && !driver.hasDied; jobs += 1) await driver.deliver(driver.take());
  if (!driver.hasDied) await driver.cron();
  const calls = [...saboteur.calls];
  for (let run = 0; run < 3; run += 1) await driver.sweep();
  const cursors = (await space.documents('backfill_cursors')).map((document) => v.parse(cursor, document));
  const isBehind = cursors.every(({ checkedUntil }) => (checkedUntil ?? 0) < Date.now() / 1000 - 4 * 3600);
  return {
    problems: [
      ...driver.problems,
      ...(isBehind ? ['the cursor stands still'] : []),
      ...(await check(space, { genuine: events, acknowledged: new Set(events.keys()), broughtBack: lost })),
    ],
    calls,
  };
}

const env = {
  MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
  MAILGUN_API_KEY: accountKey,
  MAILGUN_DOMAINS: 'mg.example.com',
  MAILGUN_API_URL: mailgunUrl,
};

/** In which order the record is read; with a gap in it there are two ranges. */
const orders = ['oldest', 'newest'] as const;

/**
 * Every harm at every storage call of a run that brings back what was lost, up to the last effect, in both orders.
 * @param share of the harms that is tried; 1: all
 */
export async function tryBackfill(bundleFile: string, seed: number, share: number): Promise<Result> {
  const tally = new Tally('back-fill, every harm at every storage call');
  const random = createRandom(seed);
  const quiet = quietConsole();
  const record = new MailgunRecord({ [accountKey]: ['mg.example.com'] });
  const giveBack = replaceFetch(eventRoutes(record, { pageSize }));
  try {
    for (const [index, order] of orders.entries()) {
      const space = new VirtualSpace(bundleFile, {}, { ...env, BACKFILL_ORDER: order });
      try {
        const past = await makePast(space, record, index === 0);
        const runQuietly = async (fault: Fault | null) => {
          const { problems, calls } = await runCase(space, past, fault);
          return {
            problems: [...problems, ...quiet.violations([signingKey, 'token-of', accountKey])],
            calls,
          };
        };
        await tryEveryFault(tally, `${order} first: `, runQuietly, () => random.chance(share));
      } finally {
        await space.close();
      }
    }
  } finally {
    quiet.restore();
    giveBack();
  }
  return tally.result();
}
