import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cut, wellFormed } from './text';

it.each([
  ['plain', 'plain'],
  ['\ud83c\udf89', '\ud83c\udf89'],
  ['a\ud83c', 'a\ufffd'],
  ['\udf89b', '\ufffdb'],
  ['\udf89\ud83c', '\ufffd\ufffd'],
])('%j is well-formed as %j', (text, expected) => {
  expect(wellFormed(text)).toBe(expected);
});

it('what is well-formed survives UTF-8', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'é', '\ud83c', '\udf89')), (pieces) => {
      const formed = wellFormed(pieces.join(''));
      expect(Buffer.from(formed).toString()).toBe(formed);
    }),
  );
});

it.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc'],
  ['\u{1f389}\u{1f389}\u{1f389}', 2, '\u{1f389}\u{1f389}'],
  ['a\u{1f389}b', 2, 'a\u{1f389}'],
])('%j cut to %i is %j', (text, maxLength, expected) => {
  expect(cut(text, maxLength)).toBe(expected);
});
