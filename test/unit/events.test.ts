import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseAddress } from '../../src/events/address';
import { canonicalJson, NestedTooDeeply } from '../../src/events/canonical';
import { readJsonEvent } from '../../src/events/json';
import { eventKey } from '../../src/events/key';

describe('an address', () => {
  it.each([
    [' Alice@Example.COM ', 'alice@example.com'],
    ['"odd name"@example.com', '"odd name"@example.com'],
    ['"a@b"@example.com', '"a@b"@example.com'],
    ['no-at.example.com', null],
    ['@example.com', null],
    ['alice@', null],
    ['ali\nce@example.com', null],
    [`${'x'.repeat(320)}@example.com`, null],
    ['', null],
    [null, null],
  ])('%j is %j', (text, address) => {
    expect(normaliseAddress(text)).toBe(address);
  });
});

describe('the key of an event', () => {
  it('is safe wherever it is used, and the same for the same event', () => {
    fc.assert(
      fc.property(fc.option(fc.string()), fc.string(), (domain, id) => {
        const key = eventKey({ domain, occurredAt: '2026-01-02T03:04:05.000Z', id });
        expect(key).toMatch(/^[\w.~-]+:2026-01-02:[\w.~-]+$/);
        expect(eventKey({ domain, occurredAt: '2026-01-02T23:00:00.000Z', id })).toBe(key);
      }),
    );
  });

  it('tells days, domains and ids apart', () => {
    const event = { domain: 'a.example', occurredAt: '2026-01-02T00:00:00.000Z', id: 'x' };
    const keys = [
      event,
      { ...event, domain: 'b.example' },
      { ...event, id: 'y' },
      { ...event, occurredAt: '2026-01-03T00:00:00.000Z' },
    ];
    expect(new Set(keys.map(eventKey)).size).toBe(4);
  });
});

describe('canonical JSON', () => {
  it('is the same for every order of keys and stands for the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
          expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(text);
        }
      }),
    );
  });

  it('ends at a depth that no payload has', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(() => canonicalJson(deep)).toThrow(NestedTooDeeply);
  });
});

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
});
