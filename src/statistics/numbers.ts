import { type Counter, counters, storedCounters } from './counter-table';
import { type Counts, withoutZeros, withZeros } from './counters';
import { daysAfter, daysBetween } from './days';
import type { DimensionStatistics } from './dimension-statistics';
import { type Rates, ratesOf } from './rates';

/** UTC days, both ends included; null is open. */
export interface DaySpan {
  from: string | null;
  to: string | null;
}

/** The counters of a span of days and their rates. */
export interface Numbers {
  totals: Record<Counter, number>;
  rates: Rates;
}

function isWithin(date: string, { from, to }: DaySpan): boolean {
  return (from === null || date >= from) && (to === null || date <= to);
}

/** The days of a dimension that lie in a span. */
export function daysWithin(statistics: DimensionStatistics | null, span: DaySpan): Record<string, Counts> {
  return Object.fromEntries(Object.entries(statistics?.days ?? {}).filter(([date]) => isWithin(date, span)));
}

/** Days as they are shown: also with the numbers that follow from those that are stored. */
export function presentDays(days: Record<string, Counts>) {
  return Object.fromEntries(Object.entries(days).map(([date, counts]) => [date, withoutZeros(counts)]));
}

/** The numbers of a span: without ends the totals, in which a person or a message is counted once; else the sums of days. */
export function numbersOf(statistics: DimensionStatistics | null, span: DaySpan): Numbers {
  const isEverything = span.from === null && span.to === null;
  const counts: Counts = isEverything ? (statistics ?? {}) : {};
  if (!isEverything) {
    for (const ofDay of Object.values(daysWithin(statistics, span)))
      for (const counter of storedCounters) counts[counter] = (counts[counter] ?? 0) + (ofDay[counter] ?? 0);
  }
  return { totals: withZeros(counts), rates: ratesOf(counts) };
}

/** The span of the same length just before one that begins. */
export function spanBefore(from: string, to: string): { from: string; to: string } {
  return { from: daysAfter(from, -daysBetween(from, to)), to: daysAfter(from, -1) };
}

/** How numbers have changed: counters as a share of what they were, rates as a difference; null where that means nothing. */
export function changeBetween(before: Numbers, after: Numbers) {
  const relative = counters.map((counter) => {
    const [was, is] = [before.totals[counter], after.totals[counter]];
    return [counter, was === 0 ? null : (is - was) / was] as const;
  });
  const was = new Map(Object.entries(before.rates));
  const differences = Object.entries(after.rates).map(([name, rate]: [string, number | null]) => {
    const earlier = was.get(name) ?? null;
    return [name, rate === null || earlier === null ? null : rate - earlier] as const;
  });
  return { totals: Object.fromEntries(relative), rates: Object.fromEntries(differences) };
}
