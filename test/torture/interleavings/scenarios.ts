import type { Random } from '../../../tools/simulate/plan/random';
import type { Background } from '../faults/background';
import { keyOf } from '../faults/key-of';
import { Driver } from '../virtual-space/driver';
import { eventOf, jsonSamples, legacySamples, now, type Sample, webhookOf } from '../virtual-space/events';
import type { VirtualSpace } from '../virtual-space/virtual-space';
import type { Message, Scenario } from './scenario';

const samples = [...jsonSamples.values(), ...legacySamples.values()];

/** Makes messages and finds out under which keys a healthy app stores them. */
export class MessageFactory {
  constructor(
    private readonly space: VirtualSpace,
    private readonly background: Background,
  ) {}

  async make(sample: Sample, id: string, token: string, at = now): Promise<Message> {
    const event = eventOf(sample, id, at);
    const webhook = await webhookOf(event, token);
    await this.space.restore(this.background.contents);
    const reply = await new Driver(this.space, await this.space.spare()).send(webhook);
    return { event, webhook, key: keyOf(reply) };
  }
}

/** @throws when there is none of that name */
export function sampleNamed(name: string): Sample {
  const sample = jsonSamples.get(name) ?? legacySamples.get(name);
  if (sample === undefined) throw new Error(`There is no sample of ${name}.`);
  return sample;
}

const requestsOnly = { deliveries: 0, crons: 0, oneToken: false } as const;

/** Pairs of requests at the same instant, whose every order can be tried. */
export async function pairsOfRequests(factory: MessageFactory): Promise<Scenario[]> {
  const opened = sampleNamed('opened');
  const bounced = sampleNamed('legacy bounced');
  const first = await factory.make(opened, 'pair', 'token-of-a');
  const second = await factory.make(opened, 'pair', 'token-of-b');
  const legacy = await factory.make(bounced, '', 'token-of-a');
  const other = await factory.make(sampleNamed('complained'), 'other', 'token-of-a');
  return [
    { name: 'one webhook twice', messages: [first, first], instances: 1, ...requestsOnly },
    { name: 'one webhook twice, two instances', messages: [first, first], instances: 2, ...requestsOnly },
    { name: 'one legacy webhook twice', messages: [legacy, legacy], instances: 2, ...requestsOnly },
    { name: 'one event, two tokens', messages: [first, second], instances: 2, ...requestsOnly },
    {
      name: 'two contents, one token',
      messages: [first, other],
      instances: 2,
      ...requestsOnly,
      oneToken: true,
    },
  ];
}

/** Many requests, jobs and cron runs of one or two people's events, all at once. */
export async function concurrent(factory: MessageFactory, random: Random): Promise<Scenario> {
  const messages: Message[] = [];
  const count = random.integer(1, 4);
  for (let number = 0; number < count; number += 1) {
    const sample = random.pick(samples);
    const recipient = sample.recipient === undefined ? {} : { recipient: random.pick(people) };
    // In one span of counting, in one day, or on both sides of midnight.
    const at = now - random.pick([0, 1, 3600, 45_010]);
    const message = await factory.make(
      { ...sample, ...recipient },
      `concurrent-${number}`,
      `token-of-${number}`,
      at,
    );
    messages.push(...Array.from({ length: random.integer(1, 3) }, () => message));
  }
  return {
    name: 'many at once',
    messages: random.shuffle(messages),
    instances: random.integer(1, 3),
    deliveries: random.integer(1, 2),
    crons: random.integer(0, 2),
    oneToken: false,
  };
}

/** Contents that share a token, several copies of each. */
export async function tokenThieves(factory: MessageFactory, random: Random): Promise<Scenario> {
  const distinct: Message[] = [];
  for (const number of [0, 1, 2].slice(0, random.integer(2, 3))) {
    const sample = random.pick([...jsonSamples.values()]);
    distinct.push(await factory.make(sample, `thief-${number}`, 'token-of-all'));
  }
  return {
    name: 'token thieves',
    messages: random.shuffle(distinct),
    instances: random.integer(1, 3),
    deliveries: 1,
    crons: 0,
    oneToken: true,
  };
}

const people = ['alice@example.com', 'Bob@Example.org'] as const;
