import type { WaitingJob } from '../../../local/queue';
import type { EncodedBody } from '../../../tools/simulate/encode/encode-delivery';
import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import type { Background } from '../faults/background';
import { acknowledgedKey } from '../faults/key-of';
import { check } from '../virtual-space/check';
import { Driver, type Reply } from '../virtual-space/driver';
import { Died, type Instance } from '../virtual-space/instance';
import type { VirtualSpace } from '../virtual-space/virtual-space';
import { type Chooser, Scheduler } from './scheduler';

/** One request of a scenario. */
export interface Message {
  readonly event: SimulatedEvent;
  readonly key: string;
  readonly webhook: EncodedBody;
}

export interface Scenario {
  readonly name: string;
  /** All at the same time. */
  readonly messages: readonly Message[];
  /** Each a process of its own, which take turns. */
  readonly instances: number;
  /** Jobs run among the requests, each this often at once; 0: afterwards, one by one. */
  readonly deliveries: number;
  /** Cron runs that go on among all this. */
  readonly crons: number;
  /** The messages share a token: only one content may ever be admitted. */
  readonly oneToken: boolean;
}

/** Plays a scenario in the order of a chooser, then lets Mailgun retry and cron run, and checks everything. */
export async function play(
  space: VirtualSpace,
  background: Background,
  scenario: Scenario,
  chooser: Chooser,
): Promise<string[]> {
  await space.restore(background.contents);
  const scheduler = new Scheduler(space.time, chooser);
  const processes: { instance: Instance | null }[] = [];
  for (let number = 0; number < scenario.instances; number += 1) {
    const own: { instance: Instance | null } = { instance: null };
    own.instance = await space.boot(scheduler.interceptFor(() => own.instance));
    processes.push(own);
  }
  let turnOf = 0;
  const alive = () => {
    const living = processes.flatMap(({ instance }) =>
      instance === null || instance.isDead ? [] : [instance],
    );
    return living[turnOf++ % living.length];
  };
  const isDeath = (error: unknown) => error instanceof Died;

  const acknowledged = new Set(background.events.keys());
  const problems: string[] = [];
  const answered = new Map<Message, Reply>();
  const take = (message: Message, reply: Reply) => {
    const key = acknowledgedKey(reply);
    if (key !== null && key !== message.key) problems.push(`${message.key} was acknowledged as ${key}`);
    if (key !== null) acknowledged.add(key);
    answered.set(message, reply);
  };
  for (const message of scenario.messages) {
    const instance = alive();
    if (instance === undefined) break;
    const work = instance.post(message.webhook, space.switches).then((reply) => take(message, reply));
    scheduler.add(work, isDeath);
  }
  for (let number = 0; number < scenario.crons; number += 1) {
    const instance = alive();
    if (instance !== undefined) scheduler.add(instance.cron(), isDeath);
  }
  await scheduler.run(() => {
    if (scenario.deliveries === 0) return;
    for (const job of space.takeJobs()) deliver(job, scenario.deliveries);
  });

  function deliver(job: WaitingJob, times: number): void {
    for (let copy = 0; copy < times; copy += 1) {
      const instance = alive();
      // With no process left the job is lost; the sweep brings it back.
      if (instance !== undefined) scheduler.add(instance.work(job), isDeath);
    }
  }

  const driver = new Driver(space, await space.spare());
  for (const message of scenario.messages) take(message, await driver.send(message.webhook));
  await driver.deliver(driver.take());
  await driver.sweep();

  const replies = scenario.messages.map((message) => answered.get(message));
  const admitted = replies.filter((reply) => reply !== undefined && acknowledgedKey(reply) !== null).length;
  const wanted = scenario.oneToken ? 1 : scenario.messages.length;
  if (admitted !== wanted)
    problems.push(`${admitted} of the messages were admitted in the end, not ${wanted}`);
  const genuine = new Map([
    ...background.events,
    ...scenario.messages.map(({ key, event }) => [key, event] as const),
  ]);
  const found = await check(space, { genuine, acknowledged });
  return [...problems, ...scheduler.problems, ...driver.problems, ...found];
}
