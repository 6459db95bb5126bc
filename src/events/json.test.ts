import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonEvent } from './json';

const read = (data: object) => {
  const event = readJsonEvent({ event: 'opened', id: 'x', timestamp: 1_700_000_000, ...data }, 1);
  if (event === null) throw new Error('This is an event');
  return event;
};

describe('an event of the current format', () => {
  it('is read whatever its fields are, as long as it has a name', () => {
    const fields = [
      'id',
      'timestamp',
      'recipient',
      'tags',
      'delivery-status',
      'client-info',
      'message',
      'flags',
      'storage',
      'primary-dkim',
      'user-variables',
    ];
    const odd = fc.dictionary(fc.constantFrom(...fields), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(odd, (data) => {
        const event = readJsonEvent({ ...data, event: 'Delivered' }, 1_700_000_000);
        expect(event).toMatchObject({ event: 'delivered' });
        expect(Number.isNaN(Date.parse(event?.occurredAt ?? ''))).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([null, [], 'delivered', 7, {}, { event: null }, { event: 5 }, { event: '' }])(
    '%j is none',
    (data) => {
      expect(readJsonEvent(data, 1)).toBeNull();
    },
  );

  it.each([
    ['', null],
    ['no', null],
    ['NONE', null],
    ['unknown', null],
    [null, null],
    [undefined, null],
    [false, null],
    ['apple', 'apple'],
    ['gmail', 'gmail'],
    ['generic', 'generic'],
    ['something-new', 'something-new'],
  ])('a bot that is %j is %j', (bot, expected) => {
    expect(read({ 'client-info': { bot } }).bot).toBe(expected);
  });

  it.each([
    ['Joan <Joan@Example.org>', 'joan@example.org'],
    ['joan@example.org', 'joan@example.org'],
    ['joan@example.org, jim@example.org', null],
    [undefined, null],
  ])('a rejected message to %j is to %j', (to, recipient) => {
    expect(read({ event: 'rejected', message: { headers: { to } } }).recipient).toBe(recipient);
  });

  it('only a rejected message finds its recipient in the header', () => {
    const message = { headers: { to: 'joan@example.org' } };
    expect(read({ event: 'stored', message }).recipient).toBeNull();
    expect(read({ event: 'delivered', recipient: 'list@x.org', message }).recipient).toBe('list@x.org');
  });

  it('keeps what the last attempt of an expired message was told', () => {
    const status = { code: 602, message: 'Too old', 'last-code': 616, 'last-message': 'MX is unreachable' };
    expect(read({ event: 'failed', reason: 'old', 'delivery-status': status }).deliveryStatus).toMatchObject({
      lastCode: 616,
      lastMessage: 'MX is unreachable',
    });
  });

  it('is stored without halves of characters', () => {
    const event = read({
      event: 'new\ud800',
      tags: ['\udc00a', `${'x'.repeat(255)}\u{1f389}y`],
      reason: '\ud800',
    });
    expect(event).toMatchObject({
      event: 'new\ufffd',
      tags: ['\ufffda', `${'x'.repeat(255)}\u{1f389}`],
      reason: '\ufffd',
    });
  });
});
