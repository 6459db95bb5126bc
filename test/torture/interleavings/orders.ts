import { type Background, makeBackground } from '../faults/background';
import { check } from '../machine/check';
import { quietConsole } from '../machine/console';
import { now } from '../machine/events';
import { Life } from '../machine/life';
import { Machine, signingKey } from '../machine/machine';
import { type Result, Tally } from '../report';
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
  machine: Machine,
  background: Background,
  messages: readonly Message[],
): Promise<string[]> {
  await machine.restore(background.contents);
  const life = new Life(machine, await machine.spare());
  for (const { webhook } of messages) {
    await life.send(webhook);
    await life.deliver(life.take());
  }
  await life.cron();
  const genuine = new Map([...background.events, ...messages.map(({ key, event }) => [key, event] as const)]);
  const problems = await check(machine, { genuine, acknowledged: new Set(genuine.keys()) });
  return [...life.problems, ...problems];
}

/** One person's events, one after the other, in every order. */
export async function tryOrders(bundleFile: string): Promise<Result> {
  const tally = new Tally("one person's events, every order");
  const quiet = quietConsole();
  const machine = new Machine(bundleFile);
  try {
    const background = await makeBackground(machine);
    const factory = new MessageFactory(machine, background);
    const messages: Message[] = [];
    for (const [index, name] of names.entries())
      messages.push(
        await factory.make(sampleNamed(name), `order-${index}`, `token-of-${index}`, now - index),
      );
    for (const order of permutations(messages)) {
      const problems = await tell(machine, background, order);
      const name = order.map(({ event }) => event.kind).join(', ');
      tally.add(name, [...problems, ...quiet.violations([signingKey, 'token-of'])]);
    }
  } finally {
    await machine.close();
    quiet.restore();
  }
  return tally.result();
}
