import { expect, it } from 'vitest';
import { searchableVariables } from './search-variables';

it.each([
  ['a text', { order_id: 'A-1234' }, ['order_id:A-1234']],
  ['a number, and yes or no', { order_id: 1234, vip: true }, ['order_id:1234', 'vip:true']],
  ['a value with a colon', { order_id: 'a:b' }, ['order_id:a:b']],
  ['one that is not listed', { other: 'x' }, []],
  ['several values', { order_id: ['a', 'b'], vip: { a: 1 } }, []],
  ['nothing', { order_id: '', vip: null }, []],
  ['a long text', { order_id: 'x'.repeat(201) }, []],
  ['a name that objects inherit', JSON.parse('{"__proto__":"x","constructor":"y"}'), []],
])('%s', (_, variables, expected) => {
  expect(searchableVariables(JSON.stringify(variables), ['order_id', 'vip'])).toEqual(expected);
});

it.each([null, '', 'not JSON', '[]', '"Mailgun could not load them"', 'null'])('%s has none', (text) => {
  expect(searchableVariables(text, ['order_id', '__proto__', 'constructor'])).toEqual([]);
});
