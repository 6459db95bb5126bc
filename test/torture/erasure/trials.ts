import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import { createRandom } from '../../../tools/simulate/plan/random';
import type { Background } from '../faults/background';
import { beginUnder } from '../faults/begin';
import { type Tried, tryEveryFault } from '../faults/every-fault';
import type { Fault } from '../faults/fault';
import { keyOf } from '../faults/key-of';
import { sampleNamed } from '../interleavings/scenarios';
import { type Result, Tally } from '../report';
import { check, type Decided } from '../virtual-space/check';
import { quietConsole } from '../virtual-space/console';
import { Driver } from '../virtual-space/driver';
import { eventOf, now, webhookOf } from '../virtual-space/events';
import type { Answer } from '../virtual-space/instance';
import { signingKey, VirtualSpace } from '../virtual-space/virtual-space';

const address = 'alice@example.com';

/** What is known of the person, on two days; and somebody else. */
const past: ReadonlyArray<readonly [name: string, age: number]> = [
  ['delivered', 86_400],
  ['opened', 86_000],
  ['opened', 900],
  ['failed bounce', 800],
  ['clicked', 700],
  ['complained', 600],
  ['delivered to a newcomer', 500],
];

interface Past extends Background {
  readonly waiting: readonly string[];
}

/** @param unfinished the person's last events are stored, but not processed */
async function makePast(space: VirtualSpace, unfinished: boolean): Promise<Past> {
  await space.restore();
  const driver = new Driver(space, await space.boot());
  const events = new Map<string, SimulatedEvent>();
  const waiting: string[] = [];
  for (const [index, [name, age]] of past.entries()) {
    const event = eventOf(sampleNamed(name), `person-${index}`, now - age);
    const key = keyOf(await driver.send(await webhookOf(event, `token-of-person-${index}`)));
    events.set(key, event);
    const jobs = driver.take();
    if (unfinished && index >= 4) waiting.push(key);
    else await driver.deliver(jobs);
  }
  await driver.deliver(driver.take());
  return { contents: await space.contents(), events, waiting };
}

const complaint = 'complaint|mg.example.com|*';
const bounce = 'bounce|mg.example.com|*';

/** Routes by which a person decides, what is sent with them, and what must be known afterwards. */
const decisions = {
  'DELETE /api/subscribers/:email': { body: {}, after: undefined },
  'POST /api/subscribers/:email/reactivate': { body: {}, after: { status: 'active', suppressions: [] } },
  'POST /api/suppressions/:email/lift': {
    body: { list: 'bounce', domain: 'mg.example.com' },
    after: { status: 'complained', suppressions: [complaint] },
  },
  'POST /api/suppressions': {
    body: { email: address, list: 'unsubscribe', domain: 'other.example.com', tag: 'news' },
    after: {
      status: 'complained',
      suppressions: [bounce, complaint, 'unsubscribe|other.example.com|tag:news'],
    },
  },
} as const satisfies Record<string, { body: object; after: Decided | undefined }>;
type Decision = keyof typeof decisions;
const routes = [
  'DELETE /api/subscribers/:email',
  'POST /api/subscribers/:email/reactivate',
  'POST /api/suppressions/:email/lift',
  'POST /api/suppressions',
] as const satisfies Decision[];

const requestOf = (route: Decision) => ({
  params: { email: address },
  query: {},
  body: decisions[route].body,
  apiPath: route,
  headers: {},
});

/** Whoever asks and gets no answer asks again. */
async function decide(
  driver: Driver,
  space: VirtualSpace,
  route: Decision,
  first: Promise<Answer>,
): Promise<string[]> {
  let answer: Answer | 'died' = await driver.ask(first);
  for (let again = 0; again < 3 && (answer === 'died' || answer.status === 503); again += 1) {
    await driver.revive();
    answer = await driver.ask((await space.spare()).api(route, requestOf(route)));
  }
  const isOver =
    answer !== 'died' && (answer.status === 200 || (answer.status === 404 && route.startsWith('DELETE')));
  return isOver ? [] : [`answered ${JSON.stringify(answer)}`];
}

/** Where an address is still to be found. */
async function traces(space: VirtualSpace): Promise<string[]> {
  const found: string[] = [];
  for (const [collection, documents] of await space.contents())
    for (const document of documents)
      if (JSON.stringify(document).includes('alice')) found.push(`${collection} still knows the person`);
  return found;
}

async function runCase(
  space: VirtualSpace,
  { contents, events }: Past,
  route: Decision,
  fault: Fault | null,
): Promise<Tried> {
  const { driver, instance, saboteur } = await beginUnder(space, contents, fault);
  const problems = await decide(driver, space, route, instance.api(route, requestOf(route)));
  const calls = [...saboteur.calls];
  await driver.sweep();
  await driver.sweep();
  const { after } = decisions[route];
  const isErased = after === undefined;
  if (isErased) problems.push(...(await traces(space)));
  const decided = new Map([[address, after]]);
  const told = { genuine: events, acknowledged: new Set(events.keys()), decided };
  return { problems: [...problems, ...driver.problems, ...(await check(space, told))], calls };
}

/**
 * A person is erased or made good again, with every harm at every storage call of it.
 * @param share of the harms that is tried; 1: all
 */
export async function tryErasure(bundleFile: string, seed: number, share: number): Promise<Result> {
  const tally = new Tally('erase, reactivate, lift and add, every harm at every storage call');
  const random = createRandom(seed);
  const quiet = quietConsole();
  const space = new VirtualSpace(bundleFile);
  try {
    for (const unfinished of [false, true]) {
      const before = await makePast(space, unfinished);
      for (const route of routes) {
        const runQuietly = async (fault: Fault | null) => {
          const { problems, calls } = await runCase(space, before, route, fault);
          return { problems: [...problems, ...quiet.violations([signingKey, 'token-of'])], calls };
        };
        const name = `${route}, ${unfinished ? 'some events waiting' : 'all done'}, `;
        await tryEveryFault(tally, name, runQuietly, () => random.chance(share));
      }
    }
  } finally {
    await space.close();
    quiet.restore();
  }
  return tally.result();
}
