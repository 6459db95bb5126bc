import type { Status } from '../../../tools/simulate/plan/model';
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
import type { Answer } from '../machine/instance';
import { Life } from '../machine/life';
import { Machine, signingKey } from '../machine/machine';
import { type Result, Tally } from '../report';

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
async function makePast(machine: Machine, unfinished: boolean): Promise<Past> {
  await machine.restore();
  const life = new Life(machine, await machine.boot());
  const events = new Map<string, SimulatedEvent>();
  const waiting: string[] = [];
  for (const [index, [name, age]] of past.entries()) {
    const event = eventOf(sampleNamed(name), `person-${index}`, now - age);
    const key = keyOf(await life.send(await webhookOf(event, `token-of-person-${index}`)));
    events.set(key, event);
    const jobs = life.take();
    if (unfinished && index >= 4) waiting.push(key);
    else await life.deliver(jobs);
  }
  await life.deliver(life.take());
  return { contents: await machine.contents(), events, waiting };
}

const decisions = {
  'DELETE /api/subscribers/:email': undefined,
  'POST /api/subscribers/:email/reactivate': 'active',
} as const satisfies Record<string, Status | undefined>;
type Decision = keyof typeof decisions;

/** Whoever asks and gets no answer asks again. */
async function decide(
  life: Life,
  machine: Machine,
  route: Decision,
  first: Promise<Answer>,
): Promise<string[]> {
  const request = { params: { email: address }, query: {}, body: {}, apiPath: route, headers: {} };
  let answer: Answer | 'died' = await life.ask(first);
  for (let again = 0; again < 3 && (answer === 'died' || answer.status === 503); again += 1) {
    await life.revive();
    answer = await life.ask((await machine.spare()).api(route, request));
  }
  const isOver =
    answer !== 'died' && (answer.status === 200 || (answer.status === 404 && route.startsWith('DELETE')));
  return isOver ? [] : [`answered ${JSON.stringify(answer)}`];
}

/** Where an address is still to be found. */
async function traces(machine: Machine): Promise<string[]> {
  const found: string[] = [];
  for (const [collection, documents] of await machine.contents())
    for (const document of documents)
      if (JSON.stringify(document).includes('alice')) found.push(`${collection} still knows the person`);
  return found;
}

async function runCase(
  machine: Machine,
  { contents, events }: Past,
  route: Decision,
  fault: Fault | null,
): Promise<Tried> {
  const { life, instance, saboteur } = await beginUnder(machine, contents, fault);
  const request = { params: { email: address }, query: {}, body: {}, apiPath: route, headers: {} };
  const problems = await decide(life, machine, route, instance.api(route, request));
  const calls = [...saboteur.calls];
  await life.sweep();
  await life.sweep();
  const isErased = decisions[route] === undefined;
  if (isErased) problems.push(...(await traces(machine)));
  const decided = new Map([[address, decisions[route]]]);
  const told = { genuine: events, acknowledged: new Set(events.keys()), decided };
  return { problems: [...problems, ...life.problems, ...(await check(machine, told))], calls };
}

/**
 * A person is erased or made good again, with every harm at every storage call of it.
 * @param share of the harms that is tried; 1: all
 */
export async function tryPeople(bundleFile: string, seed: number, share: number): Promise<Result> {
  const tally = new Tally('erase and reactivate, every harm at every storage call');
  const random = createRandom(seed);
  const quiet = quietConsole();
  const machine = new Machine(bundleFile);
  try {
    for (const unfinished of [false, true]) {
      const before = await makePast(machine, unfinished);
      for (const route of [
        'DELETE /api/subscribers/:email',
        'POST /api/subscribers/:email/reactivate',
      ] as const) {
        const runQuietly = async (fault: Fault | null) => {
          const { problems, calls } = await runCase(machine, before, route, fault);
          return { problems: [...problems, ...quiet.violations([signingKey, 'token-of'])], calls };
        };
        const name = `${route}, ${unfinished ? 'some events waiting' : 'all done'}, `;
        await tryEveryHarm(tally, name, runQuietly, () => random.chance(share));
      }
    }
  } finally {
    await machine.close();
    quiet.restore();
  }
  return tally.result();
}
