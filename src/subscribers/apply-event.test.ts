import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MailgunEvent } from '../events/event';
import { readJsonEvent } from '../events/json';
import { applyEvent } from './apply-event';
import { newSubscriber, statuses } from './subscriber';

const email = 'alice@example.com';

const failure = fc.record({
  severity: fc.constantFrom('temporary', 'permanent'),
  reason: fc.constantFrom(
    'bounce',
    'generic',
    'old',
    'suppress-bounce',
    'suppress-complaint',
    'suppress-unsubscribe',
  ),
  'delivery-status': fc.record({
    message: fc.constantFrom('a', 'b'),
    'enhanced-code': fc.constantFrom('5.1.1', '5.2.2'),
  }),
});

/** Events of one address, close together so that many share a time. */
const someEvent: fc.Arbitrary<MailgunEvent> = fc
  .record({
    event: fc.constantFrom(
      'accepted',
      'delivered',
      'opened',
      'clicked',
      'unsubscribed',
      'complained',
      'failed',
    ),
    id: fc.uuid(),
    timestamp: fc.integer({ min: 1_700_000_000, max: 1_700_000_005 }),
    tags: fc.subarray(['a', 'b', '*']),
    'client-info': fc.record({ bot: fc.constantFrom(null, 'apple') }),
    failure,
  })
  .map(({ failure: fields, ...rest }) => {
    const event = readJsonEvent({ ...rest, ...(rest.event === 'failed' ? fields : {}), recipient: email }, 0);
    if (event === null) throw new Error('The generator makes events only');
    return event;
  });

const fold = (events: readonly MailgunEvent[]) =>
  events.reduce((state, event) => applyEvent(state, event, 0), newSubscriber(email));

it('any order and any repetition of the same events end in the same state', () => {
  const campaign = fc.array(someEvent, { maxLength: 12 }).chain((events) =>
    fc.record({
      events: fc.constant(events),
      shuffled: fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
    }),
  );
  fc.assert(
    fc.property(campaign, ({ events, shuffled }) => {
      expect(fold(shuffled)).toEqual(fold(events));
    }),
    { numRuns: 500 },
  );
});

it('no event lowers a state', () => {
  const order: readonly string[] = statuses;
  fc.assert(
    fc.property(fc.array(someEvent, { maxLength: 12 }), someEvent, (events, last) => {
      const before = fold(events);
      expect(order.indexOf(applyEvent(before, last, 0).status)).toBeGreaterThanOrEqual(
        order.indexOf(before.status),
      );
    }),
    { numRuns: 500 },
  );
});

it("the bounce that happened here is kept when Mailgun refuses to send again, and the earliest one's reason", () => {
  const failed = (id: string, timestamp: number, fields: object) => {
    const event = readJsonEvent(
      { event: 'failed', severity: 'permanent', id, timestamp, recipient: email, ...fields },
      0,
    );
    if (event === null) throw new Error('This is an event');
    return event;
  };
  const state = fold([
    failed('c', 1_700_000_000, { reason: 'suppress-bounce', 'delivery-status': { message: 'earlier' } }),
    failed('b', 1_700_000_200, { reason: 'bounce', 'delivery-status': { message: 'second' } }),
    failed('a', 1_700_000_100, { reason: 'bounce', 'delivery-status': { message: 'first' } }),
  ]);
  expect(state).toMatchObject({ bounceReason: 'first', bounceDate: '2023-11-14T22:15:00.000Z' });
});
