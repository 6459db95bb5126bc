import type { EncodedBody } from '../../../tools/simulate/encode/encode-delivery';
import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import { check } from '../virtual-space/check';
import type { Driver, Reply } from '../virtual-space/driver';
import type { Call } from '../virtual-space/intercept';
import type { VirtualSpace } from '../virtual-space/virtual-space';
import type { Background } from './background';
import { beginUnder } from './begin';
import type { Fault } from './fault';
import { acknowledgedKey } from './key-of';

/** What may come after a fault. */
export const remedies = ['retry', 'redelivery', 'sweep'] as const;
export type Remedy = (typeof remedies)[number];

/** Every order of two. */
export const aftermaths: ReadonlyArray<readonly [Remedy, Remedy]> = remedies.flatMap((first) =>
  remedies.filter((second) => second !== first).map((second) => [first, second] as const),
);

export interface Target {
  readonly name: string;
  readonly event: SimulatedEvent;
  readonly webhook: EncodedBody;
  readonly key: string;
}

export interface CaseResult {
  readonly problems: string[];
  /** The calls from the request to the last effect, as far as the process lived. */
  readonly calls: readonly Call[];
}

/** From the request to the last effect, as far as the process lives. */
export async function firstPass(driver: Driver, webhook: EncodedBody): Promise<Reply> {
  const reply = await driver.send(webhook);
  if (!driver.hasDied) await driver.deliver(driver.take());
  if (!driver.hasDied) await driver.deliver(driver.take());
  if (!driver.hasDied) await driver.cron();
  return reply;
}

/**
 * One webhook under one fault and what comes after it. In the end Mailgun has tried until it was answered
 * (but `delivered` it never tries again), cron has run for hours, and everything must be as the model says.
 */
export async function runCase(
  space: VirtualSpace,
  background: Background,
  target: Target,
  fault: Fault | null,
  aftermath: readonly Remedy[],
): Promise<CaseResult> {
  const { driver, saboteur } = await beginUnder(space, background.contents, fault);
  const acknowledged = new Set(background.events.keys());
  const isTold = async (reply: Reply) => {
    const key = acknowledgedKey(reply);
    if (key !== null) {
      acknowledged.add(key);
      // Now, not in the end: nobody sends again what was acknowledged.
      const stored = await space.storage.connection().findOneOrNull('email_events', key);
      if (stored === null) driver.problems.push('acknowledged, but not stored');
    }
    const isAllowed =
      reply === 'died' || key === target.key || (fault !== null && 'status' in reply && reply.status === 503);
    if (!isAllowed) driver.problems.push(`answered ${JSON.stringify(reply)}`);
    return key !== null;
  };

  let isKnown = await isTold(await firstPass(driver, target.webhook));
  const calls = [...saboteur.calls];
  for (const remedy of aftermath) {
    // A retry does not change what the queue does: what it held is lost unless it is delivered again.
    if (remedy === 'retry') isKnown = (await isTold(await driver.send(target.webhook))) || isKnown;
    else if (remedy === 'redelivery') await driver.redeliver();
    else await driver.sweep();
  }
  if (!isKnown && target.event.kind !== 'delivered') await isTold(await driver.send(target.webhook));
  driver.take();
  await driver.sweep();

  const genuine = new Map([...background.events, [target.key, target.event]]);
  const problems = [...driver.problems, ...(await check(space, { genuine, acknowledged }))];
  return { problems, calls };
}
