import type { SimulatedEvent } from '../../../tools/simulate/plan/event';
import { eventOf, jsonSamples, now, type Sample, webhookOf } from '../machine/events';
import { Life } from '../machine/life';
import type { Contents, Machine } from '../machine/machine';
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
export async function makeBackground(machine: Machine): Promise<Background> {
  const past: ReadonlyArray<readonly [name: string, at: number]> = [
    ['delivered', now - 86_400],
    ['opened', now - 86_000],
    ['opened', now - 3],
    ['failed temporary', now - 600],
  ];
  await machine.restore();
  const life = new Life(machine, await machine.boot());
  const events = new Map<string, SimulatedEvent>();
  for (const [index, [name, at]] of past.entries()) {
    const sample: Sample | undefined = jsonSamples.get(name);
    if (sample === undefined) throw new Error(`There is no sample of ${name}.`);
    const event = eventOf(sample, `past-${index}`, at);
    const reply = await life.send(await webhookOf(event, `past-token-${index}`));
    events.set(keyOf(reply), event);
  }
  await life.deliver(life.take());
  await life.deliver(life.take());
  await life.cron();
  return { contents: await machine.contents(), events };
}
