import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, NestedTooDeeply } from './canonical';

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

it('is the same for halves of characters that cannot be sent', () => {
  expect(canonicalJson({ '\ud800': '\udfff' })).toBe(canonicalJson({ '\ufffd': '\ufffd' }));
});

it('ends at a depth that no payload has', () => {
  const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(() => canonicalJson(deep)).toThrow(NestedTooDeeply);
});
