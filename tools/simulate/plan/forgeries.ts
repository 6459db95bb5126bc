import type { RefusalCode, Signing, Stamp } from './delivery';
import type { EventKind, SimulatedEvent } from './event';
import type { Random } from './random';
import { createBystander, type Recipient } from './recipients';

/** A request that must be refused and have no effect. */
export interface Forgery {
  readonly event: SimulatedEvent;
  readonly stamp: Stamp;
  readonly expectedRefusal: RefusalCode;
}

/** Thirty days: out of the window under any setting, even when the plan's now is not the clock's. */
const farSeconds = 30 * 24 * 3600;

const kinds: readonly EventKind[] = [
  'complained',
  'unsubscribed',
  'opened',
  'clicked',
  'delivered',
  'failed',
];

const ways = [
  { signing: 'wrong-key', offset: 0, refusal: 'invalid_signature' },
  { signing: 'cut-off', offset: 0, refusal: 'invalid_signature' },
  { signing: 'not-text', offset: 0, refusal: 'invalid_signature' },
  { signing: 'missing', offset: 0, refusal: 'invalid_signature' },
  { signing: 'genuine', offset: -farSeconds, refusal: 'timestamp_expired' },
] as const satisfies readonly { signing: Signing; offset: number; refusal: RefusalCode }[];

const hardBounce = {
  severity: 'permanent',
  reason: 'bounce',
  code: 550,
  bounceType: 'hard',
  legacy: 'bounced',
} as const;

/**
 * An event that never happened: it would suppress a real subscriber, or bring in a person whom nobody
 * wrote to. Everything that tells it from a real one is what the forger did with the signature.
 */
function invent(model: SimulatedEvent, person: Recipient, random: Random): SimulatedEvent {
  const { failure: _, ...copied } = model;
  const kind = random.pick(kinds);
  return {
    ...copied,
    kind,
    id: random.text(22, 'abcdefghijklmnopqrstuvwxyz0123456789'),
    recipient: person.address,
    flags: {},
    ...(kind === 'failed' ? { failure: hardBounce } : {}),
    url: 'https://attacker.example/',
    shape: random.integer(0, 0xffffffff),
  };
}

/**
 * A forger who knows addresses, but not the key, or has an old request at hand.
 * @param number how many there were before: the ways take turns, so that a small campaign has them all
 */
export function forge(
  model: SimulatedEvent,
  victim: Recipient,
  { number, now, token }: { number: number; now: number; token: string },
  random: Random,
): Forgery {
  const way = ways[number % ways.length] ?? ways[0];
  const isForm = model.encoding !== 'json';
  // A form has no numbers and lists: what is not text can only be sent in JSON.
  const signing = isForm && way.signing === 'not-text' ? 'cut-off' : way.signing;
  const timestamp = Math.floor(now) + way.offset;
  const event = invent(model, victim, random);
  return {
    event: isForm ? { ...event, at: timestamp } : event,
    stamp: { timestamp, token, signing },
    expectedRefusal: way.refusal,
  };
}

/** A forger who has seen one genuine request and puts other content under its signature. */
export function stealToken(
  seen: SimulatedEvent,
  stamp: Stamp,
  seed: number,
  number: number,
  random: Random,
): Forgery {
  return {
    event: invent(seen, createBystander(seed, number, 'ghost'), random),
    stamp,
    expectedRefusal: 'replay_attack',
  };
}
