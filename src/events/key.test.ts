import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormFields } from './form';
import { readJsonEvent } from './json';
import { readLegacyEvent } from './legacy';

const midnight = Date.UTC(2026, 0, 2) / 1000;

/** Times in microseconds, half of them within a second of midnight. */
const time = fc
  .oneof(
    fc.integer({ min: -86_400_000_000, max: 86_400_000_000 }),
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.constantFrom(-1, 0, 1),
  )
  .map((microseconds) => Number((midnight + microseconds / 1e6).toFixed(6)));

const engagements = ['opened', 'clicked'] as const;
const facts = fc.record({
  event: fc.constantFrom(...engagements, 'accepted', 'delivered', 'failed', 'complained', 'newfangled'),
  id: fc.stringMatching(/^[\w-]{22}$/),
  recipient: fc.constantFrom('alice@example.com', 'bob@bücher.example', '"a b"@example.com'),
  timestamp: time,
});
type Facts = typeof facts extends fc.Arbitrary<infer Value> ? Value : never;

/** What copies of an event may have or lack. */
const optionalParts = {
  account: { id: '5f5b3c2a1e' },
  domain: { name: 'mail.example.org' },
  storage: { url: 'https://storage.api.mailgun.net/v3/domains/mail.example.org/messages/K', key: 'K' },
  'primary-dkim': 'pdk1._domainkey.mail.example.org',
  envelope: { sender: 'bounce@mail.example.org' },
  message: { headers: { 'message-id': 'a1@brand.example', subject: 'Welcome' } },
  tags: ['welcome'],
  'recipient-domain': 'example.com',
  'recipient-provider': 'Gmail',
  'user-variables': { customer: '1' },
  'delivery-status': { code: 550, message: 'No such user' },
  severity: 'permanent',
  reason: 'bounce',
  'client-info': { bot: 'apple' },
  flags: { 'is-delayed-bounce': true },
};

/** The time with fewer digits, cut as a date shows it. */
const cutTo = (seconds: number, digits: number) => {
  const microseconds = Math.round(seconds * 1e6);
  const unit = 10 ** (6 - digits);
  return (Math.floor(microseconds / unit) * unit) / 1e6;
};

/** How a copy is made: by which API, with which parts, how many digits, how the address is spelled. */
const copying = fc.record({
  api: fc.constantFrom('webhook', 'events', 'logs', 'logs unique'),
  parts: fc.subarray(Object.keys(optionalParts)),
  digits: fc.constantFrom(0, 3, 6),
  spelling: fc.constantFrom<(address: string) => string>(
    (address) => address,
    (address) => address.toUpperCase(),
    (address) => ` ${address} `,
    (address) => address.normalize('NFD'),
  ),
  signedAt: fc.integer({ min: midnight, max: midnight + 200_000 }),
});
type Copying = typeof copying extends fc.Arbitrary<infer Value> ? Value : never;

function copyOf({ event, id, recipient, timestamp }: Facts, how: Copying): string {
  const isUnique = how.api === 'logs unique' && engagements.some((name) => name === event);
  const parts = Object.entries(optionalParts).filter(([name]) => how.parts.includes(name));
  const seconds = cutTo(timestamp, how.digits);
  const data = {
    ...Object.fromEntries(parts),
    event: isUnique ? `unique_${event}` : how.api === 'webhook' ? event.toUpperCase() : event,
    id,
    recipient: how.spelling(recipient),
    // The back-fill reads the Logs API's ISO times to the millisecond.
    timestamp: how.api.startsWith('logs')
      ? Date.parse(new Date(seconds * 1000).toISOString()) / 1000
      : seconds,
  };
  const read = readJsonEvent(data, how.signedAt);
  if (read === null) throw new Error('This is an event');
  return read.key;
}

describe('the key of an event with an id', () => {
  it('is one for any two copies of it', () => {
    fc.assert(
      fc.property(facts, copying, copying, (event, one, other) => {
        expect(copyOf(event, other)).toBe(copyOf(event, one));
      }),
      { numRuns: 3000 },
    );
  });

  it('is another for another type, id or person, and on another day', () => {
    fc.assert(
      fc.property(facts, facts, copying, copying, (event, other, one, two) => {
        const mixed: Facts[] = [
          { ...event, event: other.event },
          { ...event, id: other.id },
          { ...event, recipient: other.recipient },
        ];
        for (const changed of mixed) {
          const isSame =
            changed.event === event.event && changed.id === event.id && changed.recipient === event.recipient;
          expect(copyOf(changed, one) === copyOf(event, two)).toBe(isSame);
        }
        const dayLater = { ...event, timestamp: event.timestamp + 86_400 };
        expect(copyOf(dayLater, one)).not.toBe(copyOf(event, two));
      }),
      { numRuns: 1000 },
    );
  });

  it('is safe wherever it is used, whatever stands in the payload', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (event, id, recipient) => {
        const read = readJsonEvent({ event: `x${event}`, id: `x${id}`, timestamp: midnight, recipient }, 0);
        expect(read?.key).toMatch(/^2026-01-02_[\w-]{1,40}_[\w-]{22}$/);
      }),
    );
  });

  it('does not depend on when a copy came if the event has no time', () => {
    const data = { event: 'opened', id: 'x', recipient: 'a@example.com' };
    expect(readJsonEvent(data, midnight)?.key).toBe(readJsonEvent(data, midnight + 100_000)?.key);
  });

  it('tells the seven test buttons apart, which share id and time', () => {
    const keys = ['accepted', 'delivered', 'failed', 'opened', 'clicked', 'unsubscribed', 'complained'].map(
      (event) =>
        readJsonEvent(
          {
            event,
            id: 'Ase7i2zsRYeDXztHGENqRA',
            timestamp: 1_521_243_339.87,
            recipient: 'alice@example.com',
          },
          0,
        )?.key,
    );
    expect(new Set(keys).size).toBe(7);
  });

  it('tells two attempts at one mail apart, which have an id each', () => {
    const attempt = (id: string, severity: string) =>
      readJsonEvent({ event: 'failed', severity, id, timestamp: midnight, recipient: 'a@example.com' }, 0)
        ?.key;
    expect(attempt('one', 'temporary')).not.toBe(attempt('two', 'temporary'));
    expect(attempt('one', 'temporary')).not.toBe(attempt('two', 'permanent'));
  });

  it('finds the person of a rejected message where it is', () => {
    const rejected = (to: string) =>
      readJsonEvent({ event: 'rejected', id: 'x', timestamp: midnight, message: { headers: { to } } }, 0)
        ?.key;
    expect(rejected('Joan <joan@example.org>')).toBe(rejected('joan@example.org'));
    expect(rejected('joan@example.org')).not.toBe(rejected('jim@example.org'));
  });
});

describe('the key of an event without an id', () => {
  const read = (data: object) => readJsonEvent(data, midnight)?.key;

  it('is made of all that it says, so that two of a kind that we do not know are two', () => {
    expect(read({ event: 'newfangled', warp: 9 })).toBe(read({ warp: 9, event: 'newfangled' }));
    expect(read({ event: 'newfangled', warp: 9 })).not.toBe(read({ event: 'newfangled', warp: 8 }));
  });
});

describe('the key of a legacy form', () => {
  const day = midnight + 3600;
  const form = fc.record({
    event: fc.constantFrom(
      'opened',
      'clicked',
      'unsubscribed',
      'delivered',
      'bounced',
      'dropped',
      'complained',
    ),
    recipient: fc.constantFrom('alice@example.com', 'bob@example.com'),
    messageId: fc.constantFrom('m1@mail.example.org', 'm2@mail.example.org'),
    variables: fc.subarray([
      ['token', 'gold'],
      ['timestamp', '12'],
      ['event', 'wedding'],
      ['color', 'red'],
    ]),
  });
  type Form = typeof form extends fc.Arbitrary<infer Value> ? Value : never;
  const signed = fc.record({ timestamp: fc.integer({ min: day, max: day + 7200 }), token: fc.uuid() });

  function keyOf(
    { event, recipient, messageId, variables }: Form,
    { timestamp, token }: { timestamp: number; token: string },
  ) {
    const pairs: Array<[string, string]> = [
      ['event', event],
      ['recipient', recipient],
      ['Message-Id', `<${messageId}>`],
      ...variables.map(([name = '', value = '']): [string, string] => [name, value]),
      ['timestamp', String(timestamp)],
      ['token', token],
      ['signature', `${token}${timestamp}`],
    ];
    return readLegacyEvent(new FormFields(pairs), timestamp)?.key;
  }

  it('is one for its copies at two URLs, which are signed on their own', () => {
    fc.assert(
      fc.property(form, signed, signed, (fields, one, other) => {
        expect(keyOf(fields, other)).toBe(keyOf(fields, one));
      }),
    );
  });

  it('is another for another form', () => {
    fc.assert(
      fc.property(form, form, signed, signed, (fields, changed, one, other) => {
        expect(keyOf(changed, other) === keyOf(fields, one)).toBe(
          JSON.stringify(changed) === JSON.stringify(fields),
        );
      }),
    );
  });

  it('bears midnight where a message and a person can have only one such event', () => {
    const fields: Omit<Form, 'event'> = {
      recipient: 'alice@example.com',
      messageId: 'm1@mail.example.org',
      variables: [],
    };
    const [before, after] = [
      { timestamp: midnight - 1, token: 'a' },
      { timestamp: midnight, token: 'b' },
    ];
    for (const event of ['delivered', 'bounced', 'dropped', 'complained'] as const)
      expect(keyOf({ ...fields, event }, after)).toBe(keyOf({ ...fields, event }, before));
    // These can happen again, and nothing but the day tells.
    for (const event of ['opened', 'clicked', 'unsubscribed'] as const)
      expect(keyOf({ ...fields, event }, after)).not.toBe(keyOf({ ...fields, event }, before));
  });
});
