import fc from 'fast-check';
import { expect, it } from 'vitest';
import { idOfKey, keyOfId, withIds } from './ids';

it.each([
  ['all', 'all'],
  ['tag:welcome', 'tag91welcome'],
  ['alice@example.com', 'alice97example-icom'],
  ['snake_case', 'snake_4case'],
  ['été', 'zu00e9tzu00e9'],
  ['', ''],
])('the id of "%s" is %s', (key, id) => {
  expect(idOfKey(key, 'any')).toBe(id);
});

it('any text becomes an id of letters, digits, _ and -, from which it can be read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      const id = idOfKey(key, 'any');
      expect(id).toMatch(/^[A-Za-z0-9_-]*$/);
      expect(keyOfId(id, 'any')).toBe(key);
    }),
  );
  expect(keyOfId(idOfKey('\ud800', 'any'), 'any')).toBe('\ud800');
});

it('ids are in the order of their keys', () => {
  const byCode = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (one, other, begin) => {
      for (const [a, b] of [
        [one, other],
        [begin + one, begin + other],
        [other, begin],
      ] as const)
        expect(byCode(idOfKey(a, 'any'), idOfKey(b, 'any'))).toBe(byCode(a, b));
    }),
  );
});

it('a plain key is its id, and another is refused', () => {
  const key = '2026-11-24_delivered_a-_B';
  expect(idOfKey(key, 'plain')).toBe(key);
  expect(keyOfId('a_40b', 'plain')).toBe('a_40b');
  expect(() => idOfKey('a@b', 'plain')).toThrow(TypeError);
});

it('the keys with a prefix are those whose ids a query by the prefix finds', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (prefix, other) => {
      const { _id } = withIds({ _id: { $startsWith: prefix } }, 'any') as {
        _id: { $gte: string; $lt?: string };
      };
      const finds = (key: string) => {
        const id = idOfKey(key, 'any');
        return id >= _id.$gte && (_id.$lt === undefined || id < _id.$lt);
      };
      expect(finds(prefix + other)).toBe(true);
      expect(finds(other)).toBe(other.startsWith(prefix));
    }),
  );
});

it.each([
  [
    { _id: 'a@b', rev: 'x@y' },
    { _id: 'a97b', rev: 'x@y' },
  ],
  [{ _id: { $in: ['a@b', 'c'] } }, { _id: { $in: ['a97b', 'c'] } }],
  [{ _id: { $gt: 'tag:a', $lt: 'tag:b' } }, { _id: { $gt: 'tag91a', $lt: 'tag91b' } }],
  [{ recipient: 'a@b' }, { recipient: 'a@b' }],
])('%j names the ids of %j', (query, expected) => {
  expect(withIds(query, 'any')).toEqual(expected);
});
