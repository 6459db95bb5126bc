import { expect, it } from 'vitest';
import { requestOf } from './request-of';

const tool = {
  name: 'getSubscriber',
  title: '',
  description: '',
  inputSchema: { type: 'object', properties: {}, required: ['email'], additionalProperties: false },
  method: 'GET',
  path: '/api/subscribers/{email}',
  inPath: ['email'],
} as const;
const told = { ...tool, inputSchema: { ...tool.inputSchema, required: ['email'] } };

it.each([
  ['a step to another path', '../summary', 'subscribers/~Li4vc3VtbWFyeQ'],
  ['an encoded step', '%2e%2e', 'subscribers/~JTJlJTJl'],
  ['a query', 'a?limit=1#b', 'subscribers/a%3Flimit%3D1%23b'],
  ['a place of another argument', '{email}', 'subscribers/%7Bemail%7D'],
  ['half a character', '\ud800', 'subscribers/%EF%BF%BD'],
  ['what is no text', { a: 1 }, 'subscribers/%7B%22a%22%3A1%7D'],
])('%s stays an argument', (_, email, path) => {
  expect(requestOf(told, { email })).toEqual({ path });
});

it.each([[''], [undefined], [null]])('without an argument of the path (%j) nothing is asked', (email) => {
  expect(() => requestOf(told, { email })).toThrow('the argument email is empty');
});

it('names and values of a query stay names and values', () => {
  const { path } = requestOf(told, { email: 'a', 'b&c=d': '&limit=1' });
  expect(path).toBe('subscribers/a?b%26c%3Dd=%26limit%3D1');
});
