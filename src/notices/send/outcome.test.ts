import { expect, it } from 'vitest';
import { outcomeOf, retryAfterSeconds } from './outcome';

const now = Date.parse('2026-11-24T12:00:00Z');

it.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [301, 'refused'],
  [302, 'refused'],
  [304, 'refused'],
  [400, 'refused'],
  [401, 'refused'],
  [403, 'refused'],
  [404, 'refused'],
  [408, 'failed'],
  [410, 'refused'],
  [413, 'refused'],
  [425, 'failed'],
  [429, 'failed'],
  [500, 'failed'],
  [503, 'failed'],
  [599, 'failed'],
])('an answer of %i is %s', (status, result) => {
  expect(outcomeOf({ status, word: null, retryAfter: null }, now).result).toBe(result);
});

it.each([
  [null, null],
  ['7', 7],
  [' 120 ', 120],
  ['0', 0],
  ['Tue, 24 Nov 2026 12:00:30 GMT', 30],
  ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
  ['99999999', 21_600],
  ['soon', null],
  ['-5', 0],
  ['', null],
])('a Retry-After of %j asks for %j seconds', (header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds);
});

it('says what Slack said', () => {
  expect(outcomeOf({ status: 404, word: 'no_service', retryAfter: null }, now)).toMatchObject({
    reason: expect.stringContaining('404 (no_service)'),
  });
});
