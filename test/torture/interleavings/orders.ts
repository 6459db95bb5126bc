import { type Background, makeBackground } from '../faults/background';
import { type Result, Tally } from '../report';
import { check } from '../virtual-space/check';
import { quietConsole } from '../virtual-space/console';
import { Driver } from '../virtual-space/driver';
import { now } from '../virtual-space/events';
import { signingKey, VirtualSpace } from '../virtual-space/virtual-space';
import type { Message } from './scenario';
import { MessageFactory, sampleNamed } from './scenarios';

/** Events of one person that all want something of their state; the later ones happened earlier. */
const names = ['complained', 'unsubscribed from a tag', 'failed bounce', 'legacy bounced'] as const;

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}

async function tell(
  space: VirtualSpace,
  background: Background,
  messages: readonly Message[],
): Promise<string[]> {
  await space.restore(background.contents);
  const driver = new Driver(space, await space.spare());
  for (const { webhook } of messages) {
    await driver.send(webhook);
    await driver.deliver(driver.take());
  }
  await driver.cron();
  const genuine = new Map([...background.events, ...messages.map(({ key, event }) => [key, event] as const)]);
  const problems = await check(space, { genuine, acknowledged: new Set(genuine.keys()) });
  return [...driver.problems, ...problems];
}

/** One person's events, one after the other, in every order. */
export async function tryOrders(bundleFile: string): Promise<Result> {
  const tally = new Tally("one person's events, every order");
  const quiet = quietConsole();
  const space = new VirtualSpace(bundleFile);
  try {
    const background = await makeBackground(space);
    const factory = new MessageFactory(space, background);
    const messages: Message[] = [];
    for (const [index, name] of names.entries())
      messages.push(
        await factory.make(sampleNamed(name), `order-${index}`, `token-of-${index}`, now - index),
      );
    for (const order of permutations(messages)) {
      const problems = await tell(space, background, order);
      const name = order.map(({ event }) => event.kind).join(', ');
      tally.add(name, [...problems, ...quiet.violations([signingKey, 'token-of'])]);
    }
  } finally {
    await space.close();
    quiet.restore();
  }
  return tally.result();
}
