import { describe, expect, it } from 'vitest';
import { retryAfter } from './ask';

const now = 1_790_000_000_000;

describe('how long Mailgun asks to wait', () => {
  it.each<[string, unknown, Record<string, string>, number | null]>([
    ['by its body', { 'retry-seconds': 7 }, { 'retry-after': '9' }, 7],
    ['by Retry-After', {}, { 'retry-after': '9', 'x-ratelimit-reset': '5' }, 9],
    ['by seconds until the limit ends', null, { 'x-ratelimit-reset': '5' }, 5],
    ['by a moment in seconds', null, { 'x-ratelimit-reset': '1790000010' }, 10],
    ['by a moment in milliseconds', null, { 'x-ratelimit-reset': '1790000010500' }, 11],
    ['not by a moment that is over', null, { 'x-ratelimit-reset': '1780000000' }, null],
    ['not by a wait of thirty years', { 'retry-seconds': 1e9 }, { 'retry-after': '1000000' }, null],
    [
      'not by nonsense',
      { 'retry-seconds': '7' },
      { 'retry-after': 'Fri, 27 Nov 2026', 'x-ratelimit-reset': '-1' },
      null,
    ],
    ['not at all', undefined, {}, null],
  ])('%s', (_, body, headers, expected) => {
    expect(retryAfter(body, new Headers(headers), now)).toBe(expected);
  });
});
