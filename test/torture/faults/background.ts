import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import { Driver } from '../virtual-space/driver';
import { eventOf, jsonSamples, now, type Sample, webhookOf } from '../virtual-space/events';
import type { Contents, VirtualSpace } from '../virtual-space/virtual-space';
import { keyOf } from './key-of';

/** What has happened before a case begins. */
export interface Background {
  readonly contents: Contents;
  readonly events: ReadonlyMap<string, SimulatedEvent>;
}

/**
 * A person with a past: they have opened, clicked and got mail before, on this day and on another, so that
 * what counts twice or comes in the wrong order has something to spoil.
 */
export async function makeBackground(space: VirtualSpace): Promise<Background> {
  const past: ReadonlyArray<readonly [name: string, at: number]> = [
    ['delivered', now - 86_400],
    ['opened', now - 86_000],
    ['opened', now - 3],
    ['failed temporary', now - 600],
  ];
  await space.restore();
  const driver = new Driver(space, await space.boot());
  const events = new Map<string, SimulatedEvent>();
  for (const [index, [name, at]] of past.entries()) {
    const sample: Sample | undefined = jsonSamples.get(name);
    if (sample === undefined) throw new Error(`There is no sample of ${name}.`);
    const event = eventOf(sample, `past-${index}`, at);
    const reply = await driver.send(await webhookOf(event, `past-token-${index}`));
    events.set(keyOf(reply), event);
  }
  await driver.deliver(driver.take());
  await driver.deliver(driver.take());
  await driver.cron();
  return { contents: await space.contents(), events };
}
