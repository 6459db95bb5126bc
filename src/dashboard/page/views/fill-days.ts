import type { Counters } from '../api/answers';
import { daysBetween } from '../format/times';

const none: Counters = {
  accepted: 0,
  delivered: 0,
  opens: 0,
  clicks: 0,
  failures: 0,
  permanentFailures: 0,
  temporaryFailures: 0,
  suppressedFailures: 0,
  complaints: 0,
  unsubscribes: 0,
  rejected: 0,
  stored: 0,
  botOpens: 0,
  botClicks: 0,
  uniqueOpens: 0,
  uniqueClicks: 0,
};

/** Days with their counts, without gaps. Without a first or last day it is that of the counts. */
export function fillDays(
  days: Readonly<Record<string, Counters>>,
  from: string | null = null,
  to: string | null = null,
): { start: string; counts: Counters }[] {
  const known = Object.keys(days).sort();
  const first = from ?? known[0];
  const last = to ?? known.at(-1);
  if (first === undefined || last === undefined) return [];
  return daysBetween(first, last).map((day) => ({
    start: `${day}T00:00:00.000Z`,
    counts: days[day] ?? none,
  }));
}
