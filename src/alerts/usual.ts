import type { Counts } from '../statistics/counters';
import type { WindowCounts } from './window';

/** Days before this one that are compared with. */
export const usualDays = 7;
/** Fewest of them that say what is usual. */
const minDays = 3;

/**
 * How much of something is usual at an hour: the median of the same hour of the days before, but no more than a week
 * ago, so that a quiet Sunday is no alarm.
 * @param days the counters of that hour, yesterday first; null where there were no events at all yet
 * @returns 0 when nothing is known
 */
export function usualAt(
  days: ReadonlyArray<WindowCounts | null>,
  numberOf: (window: WindowCounts) => number,
): number {
  const known = days.flatMap((window) => (window === null ? [] : [numberOf(window)]));
  if (known.length < minDays) return 0;
  const sorted = [...known].sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const weekAgo = days[usualDays - 1] ?? null;
  return weekAgo === null ? median : Math.min(median, numberOf(weekAgo));
}

/** How often something is counted for a scope in a window. */
export function countIn(window: WindowCounts, scope: string, numberOf: (counts: Counts) => number): number {
  return numberOf(window.get(scope) ?? {});
}
