import * as v from 'valibot';
import { type Counters, counters } from '../api/answers';
import { daysBetween } from '../format/times';

const none: Counters = v.parse(counters, {});

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
