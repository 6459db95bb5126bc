import type { Outcome } from '../send/outcome';

const dayMs = 86_400_000;

/** What a delivery becomes after an attempt. */
export type NextStep =
  | { readonly state: 'delivered' }
  | { readonly state: 'waiting'; readonly pauseMs: number }
  | { readonly state: 'dead' };

/**
 * What follows an attempt: pauses that grow, and the end behind the last of them, or at once where it can never succeed.
 * @param attempts how many have been made, this one included
 * @param retrySeconds the pauses behind the attempts
 */
export function nextStep(outcome: Outcome, attempts: number, retrySeconds: readonly number[]): NextStep {
  if (outcome.result === 'delivered') return { state: 'delivered' };
  const pause = retrySeconds[attempts - 1];
  if (outcome.result === 'refused' || pause === undefined) return { state: 'dead' };
  return { state: 'waiting', pauseMs: Math.max(pause, outcome.retryAfterSeconds ?? 0) * 1000 };
}

/** Longest rest of a destination that fails: so long at most nobody notices that it is back. */
const maxRestSeconds = 600;

/**
 * How long a destination is left alone after an attempt: not at all as long as it answers, then for growing pauses, so that
 * thousands of notices for one that is dead cost as little as one.
 * @param failures attempts that failed one after the other, this one included
 */
export function restMsAfter(outcome: Outcome, failures: number, retrySeconds: readonly number[]): number {
  if (outcome.result !== 'failed') return 0;
  const pause = retrySeconds[Math.min(failures, retrySeconds.length) - 1] ?? 0;
  return Math.max(Math.min(pause, maxRestSeconds), outcome.retryAfterSeconds ?? 0) * 1000;
}

/** How long after it was queued a delivery is no longer tried, while its destination answers none: as long as its attempts would take. */
export function maxAgeMs(retrySeconds: readonly number[]): number {
  return Math.min(
    retrySeconds.reduce((sum, seconds) => sum + seconds * 1000, 0),
    7 * dayMs,
  );
}
