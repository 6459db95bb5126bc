import { expect, it } from 'vitest';
import { count, text } from './field';
import { FormFields } from './form';
import { formNamesOf, formReader, jsonReader } from './told';

const table = {
  code: text(null, { told: { json: ['enhanced-code', 'bounce-code'], form: ['error', 'notification'] } }),
  attempt: count(null, { told: { json: ['delivery.attempt'] } }),
  own: text(),
};

it.each<[unknown, object]>([
  [{ 'enhanced-code': '5.1.1', 'bounce-code': '5.0.0' }, { code: '5.1.1' }],
  [{ 'enhanced-code': '', 'bounce-code': '5.0.0' }, { code: '5.0.0' }],
  [{ 'enhanced-code': { odd: true }, 'bounce-code': 550 }, { code: '550' }],
  [{ delivery: { attempt: '2' } }, { attempt: 2 }],
  [{ delivery: ['attempt'] }, {}],
  [{ own: 'is read by its own rule' }, {}],
  [null, {}],
])('%j is read as %j: of several places the first that says something counts', (data, expected) => {
  expect(jsonReader(table)(data)).toEqual({ code: null, attempt: null, own: null, ...expected });
});

it.each<[[string, string][], string | null]>([
  [
    [
      ['notification', 'later'],
      ['error', 'No such user'],
    ],
    'No such user',
  ],
  [[['notification', 'later']], 'later'],
  [[['other', 'x']], null],
])('the form %j says %j', (pairs, code) => {
  expect(formReader(table)(new FormFields(pairs))).toEqual({ code, attempt: null, own: null });
});

it('names the fields of a form that it reads', () => {
  expect(formNamesOf(table)).toEqual(['error', 'notification']);
});
