import * as v from 'valibot';
import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import { createRandom } from '../../../tools/simulate/plan/random';
import { domainRoutes } from '../../mailgun-api/domains';
import { MailgunRecord } from '../../mailgun-api/event-store';
import { eventRoutes } from '../../mailgun-api/events';
import { metricsRoutes } from '../../mailgun-api/metrics';
import { accountKey, mailgunUrl, replaceFetch } from '../backfill/mailgun';
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
import type { Call } from '../virtual-space/intercept';
import { signingKey, VirtualSpace } from '../virtual-space/virtual-space';

const domain = 'mg.example.com';
const daySeconds = 86_400;
/** The job that compares numbers at night. */
const reconciling = '4-59/10 * * * *';
const yesterday = Math.floor(now / daySeconds) * daySeconds - daySeconds;

/** What has happened, at which second of yesterday, and whether its webhook was lost. The first opens the day before. */
const happened: ReadonlyArray<readonly [name: string, second: number, isLost: boolean]> = [
  ['accepted', -7200, false],
  ['accepted', 3600, false],
  ['delivered', 3700, true],
  ['opened', 7300, true],
  ['failed bounce', 7400, false],
  ['clicked', 40_000, true],
  ['delivered to a newcomer', 40_001, false],
];

const delivery = v.object({ 'event-data': v.unknown() });
const comparedDay = v.object({
  day: v.string(),
  step: v.nullable(v.string()),
  state: v.nullable(v.string()),
  ours: v.record(v.string(), v.number()),
  mailgun: v.record(v.string(), v.number()),
});

interface Past extends Background {
  readonly lost: ReadonlySet<string>;
}

/** Tells the record of everything and the app of what was not lost. */
async function makePast(space: VirtualSpace, record: MailgunRecord): Promise<Past> {
  await space.restore();
  const events = new Map<string, SimulatedEvent>();
  const lost = new Set<string>();
  for (const [index, [name, second, isLost]] of happened.entries()) {
    const event = eventOf(sampleNamed(name), `happened-${index}`, yesterday + second);
    const webhook = await webhookOf(event, `token-of-${index}`);
    record.add(v.parse(delivery, JSON.parse(webhook.body.toString()))['event-data']);
    const key = keyOf(await new Driver(space, await space.spare()).send(webhook));
    events.set(key, event);
    if (isLost) lost.add(key);
  }
  await space.restore();
  const driver = new Driver(space, await space.spare());
  for (const [index, [key, event]] of [...events].entries())
    if (!lost.has(key)) await driver.send(await webhookOf(event, `token-of-${index}`));
  for (let rounds = 0; rounds < 3; rounds += 1) await driver.deliver(driver.take());
  return { contents: new Map(await space.contents()), events, lost };
}

/** What is wrong with the comparison of yesterday. */
async function comparisonProblems(space: VirtualSpace): Promise<string[]> {
  const name = new Date(yesterday * 1000).toISOString().slice(0, 10);
  const days = (await space.documents('reconciled_days')).map((document) => v.parse(comparedDay, document));
  const found = days.find(({ day }) => day === name);
  if (found === undefined) return ['yesterday was never compared'];
  const { step, state, ours, mailgun } = found;
  const differ = ['accepted', 'delivered', 'opens', 'clicks', 'failures', 'hardBounces'].filter(
    (counter) => (ours[counter] ?? 0) !== (mailgun[counter] ?? 0),
  );
  return [
    ...(step === null ? [] : [`the comparison never ends: ${step}`]),
    ...(state === 'equal' ? [] : [`the day is ${state}, not equal`]),
    ...differ.map((counter) => `${counter} differs`),
    ...(ours.delivered === 2 ? [] : [`${ours.delivered} of 2 are counted as delivered`]),
  ];
}

async function allProblems(space: VirtualSpace, { events, lost }: Past): Promise<string[]> {
  const told = { genuine: events, acknowledged: new Set(events.keys()), broughtBack: lost };
  return [...(await comparisonProblems(space)), ...(await check(space, told))];
}

/** What a night does: runs of the job, and the effects of what it has brought back. */
async function workOneNight(driver: Driver): Promise<void> {
  for (let rounds = 0; rounds < 3 && !driver.hasDied; rounds += 1) {
    await driver.job(reconciling);
    for (let turns = 0; turns < 3 && !driver.hasDied; turns += 1) await driver.deliver(driver.take());
  }
}

async function runCase(space: VirtualSpace, past: Past, fault: Fault | null): Promise<Tried> {
  const { driver, saboteur } = await beginUnder(space, past.contents, fault);
  await workOneNight(driver);
  const calls = [...saboteur.calls];
  for (let run = 0; run < 3; run += 1) await driver.sweep();
  return { problems: [...driver.problems, ...(await allProblems(space, past))], calls };
}

/** Longer than the lease of a run is held. */
const stallMs = 130_000;

/** When a runner stalls: before a call takes effect, or when it has and its answer is old. */
const stalls = ['before', 'after'] as const;

/** A runner stalls at a call for longer than its lease holds. Another one does all of the work, and then the first goes on. */
async function runOvertaken(
  space: VirtualSpace,
  past: Past,
  stall: { at: number; when: (typeof stalls)[number] } | null,
): Promise<Tried> {
  await space.restore(past.contents);
  const calls: Call[] = [];
  const problems: string[] = [];
  const overtake = async () => {
    space.time.pass(stallMs);
    const other = new Driver(space, await space.spare());
    await workOneNight(other);
    problems.push(...other.problems);
  };
  const driver = new Driver(
    space,
    await space.boot(async (call, run) => {
      const isHere = calls.push(call) - 1 === stall?.at;
      if (isHere && stall?.when === 'before') await overtake();
      const result = await run();
      if (isHere && stall?.when === 'after') await overtake();
      return result;
    }),
  );
  await workOneNight(driver);
  for (let run = 0; run < 2; run += 1) await driver.sweep();
  return { problems: [...problems, ...driver.problems, ...(await allProblems(space, past))], calls };
}

/**
 * Every harm at every storage call of a night's comparison of numbers that brings back what was lost, and a runner that is
 * overtaken by another one at every call.
 * @param share of the harms that is tried; 1: all
 */
export async function tryReconciliation(bundleFile: string, seed: number, share: number): Promise<Result> {
  const tally = new Tally("numbers compared with Mailgun's, every harm at every storage call");
  const random = createRandom(seed);
  const quiet = quietConsole();
  const space = new VirtualSpace(
    bundleFile,
    {},
    {
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
      MAILGUN_API_KEY: accountKey,
      MAILGUN_DOMAINS: domain,
      MAILGUN_API_URL: mailgunUrl,
    },
  );
  const record = new MailgunRecord({ [accountKey]: [domain] });
  const giveBack = replaceFetch(domainRoutes([domain]), eventRoutes(record), metricsRoutes(record));
  try {
    const past = await makePast(space, record);
    const runQuietly = async (fault: Fault | null) => {
      const { problems, calls } = await runCase(space, past, fault);
      return { problems: [...problems, ...quiet.violations([signingKey, 'token-of', accountKey])], calls };
    };
    await tryEveryFault(tally, '', runQuietly, () => random.chance(share));
    const { problems, calls } = await runOvertaken(space, past, null);
    tally.add('a runner alone', problems);
    for (const at of calls.keys())
      for (const when of stalls)
        if (random.chance(Math.min(1, share * 2)) && !tally.isHopeless)
          tally.add(`overtaken ${when} call ${at}`, (await runOvertaken(space, past, { at, when })).problems);
  } finally {
    await space.close();
    quiet.restore();
    giveBack();
  }
  return tally.result();
}
