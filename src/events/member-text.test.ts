import fc from 'fast-check';
import { expect, it } from 'vitest';
import { elementTexts, memberText } from './member-text';

it.each([
  ['{"a":1,"event-data":{"x": 1.10, "x":12345678901234567890}}', '{"x": 1.10, "x":12345678901234567890}'],
  [' {\n"event-data" : [1, {"}": "]"}] , "signature":{"token":"t"} }\n', '[1, {"}": "]"}]'],
  ['{"event-data":1,"event-data":2e400}', '2e400'],
  [String.raw`{"event\u002ddata":"a\\\"b","b":"\\"}`, String.raw`"a\\\"b"`],
  ['{"a":{"event-data":1},"b":["event-data",{"event-data":2}]}', null],
  ['{"a":"event-data","event-data":null}', 'null'],
  ['{}', null],
  ['[]', null],
  ['', null],
  ['{"event-data":{"a":"b"', null],
  ['{"event-data" 1}', null],
])('of %s it is %s', (json, expected) => {
  expect(memberText(json, 'event-data')).toBe(expected);
});

it('is what a parser reads, whatever the members are and however they are laid out', () => {
  const object = fc.dictionary(
    fc.constantFrom('event-data', 'a', '"', '\\', '__proto__', 'é\ud83c'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(object, fc.constantFrom(undefined, 1, '\t', '\r\n'), (value, space) => {
      const text = memberText(JSON.stringify(value, null, space), 'event-data');
      const parsed: unknown = text === null ? undefined : JSON.parse(text);
      expect(JSON.stringify(parsed)).toBe(JSON.stringify(value['event-data']));
    }),
  );
});

it('deep nesting and long texts cost no stack', () => {
  const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
  expect(memberText(`{"event-data":${deep}}`, 'event-data')).toBe(deep);
  const long = `"${'\\\\'.repeat(500_000)}"`;
  expect(memberText(`{"event-data":${long}}`, 'event-data')).toBe(long);
});

it.each([
  ['[1.10,12345678901234567890]', ['1.10', '12345678901234567890']],
  [' [ {"a":"],["} ,\n[2,[3]] , "x" ] ', ['{"a":"],["}', '[2,[3]]', '"x"']],
  ['[]', []],
  ['{}', null],
  ['[1', null],
  ['[1,', null],
  ['[1 2]', null],
  ['', null],
])('the elements of %s are %j', (json, expected) => {
  expect(elementTexts(json)).toEqual(expected);
});

it('elements are what a parser reads, however they are laid out', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, '\t', '\r\n'), (values, space) => {
      const texts = elementTexts(JSON.stringify(values, null, space)) ?? [];
      expect(texts.map((text) => JSON.stringify(JSON.parse(text)))).toEqual(
        values.map((value) => JSON.stringify(value)),
      );
    }),
  );
});
