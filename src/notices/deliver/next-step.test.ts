import { expect, it } from 'vitest';
import type { Outcome } from '../send/outcome';
import { maxAgeMs, nextStep, restMsAfter } from './next-step';

const pauses = [5, 30, 120, 1200];
const delivered: Outcome = { result: 'delivered', status: 200 };
const refused: Outcome = { result: 'refused', status: 410, reason: 'Gone.' };
const failed: Outcome = { result: 'failed', status: 500, reason: 'Broken.', retryAfterSeconds: null };
const limited: Outcome = { result: 'failed', status: 429, reason: 'Too many.', retryAfterSeconds: 60 };

it.each([
  ['delivered at once', delivered, 1, { state: 'delivered' }],
  ['delivered at last', delivered, 5, { state: 'delivered' }],
  ['refused at once', refused, 1, { state: 'dead' }],
  ['failed once', failed, 1, { state: 'waiting', pauseMs: 5000 }],
  ['failed twice', failed, 2, { state: 'waiting', pauseMs: 30_000 }],
  ['failed before the last attempt', failed, 4, { state: 'waiting', pauseMs: 1_200_000 }],
  ['failed behind the last pause', failed, 5, { state: 'dead' }],
  ['asked to wait longer than it would', limited, 1, { state: 'waiting', pauseMs: 60_000 }],
  ['asked to wait less than it would', limited, 3, { state: 'waiting', pauseMs: 120_000 }],
])('%s', (_, outcome, attempts, expected) => {
  expect(nextStep(outcome, attempts, pauses)).toEqual(expected);
});

it.each([
  ['one that answers', delivered, 1, 0],
  ['one that refuses this message', refused, 3, 0],
  ['one that failed once', failed, 1, 5000],
  ['one that failed three times', failed, 3, 120_000],
  ['one that fails for long', failed, 1000, 600_000],
  ['one that asks for a pause', limited, 1, 60_000],
])('the rest of %s', (_, outcome, failures, expected) => {
  expect(restMsAfter(outcome, failures, pauses)).toBe(expected);
});

it('a delivery may be as old as its attempts take', () => {
  expect(maxAgeMs(pauses)).toBe(1_355_000);
});
