import { type Counter, counters } from '../statistics/counter-table';
import { type Counts, withZeros } from '../statistics/counters';
import type { DimensionStatistics } from '../statistics/dimension-statistics';
import { type Rates, ratesOf } from '../statistics/rates';
import { daysAfter, daysBetween } from './span';

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

/** The numbers of a span: without ends the totals, in which a person is counted once; else the sums of days. */
export function numbersOf(statistics: DimensionStatistics | null, span: DaySpan): Numbers {
  const totals = withZeros(span.from === null && span.to === null ? (statistics ?? {}) : {});
  if (span.from !== null || span.to !== null) {
    for (const counts of Object.values(daysWithin(statistics, span)))
      for (const counter of counters) totals[counter] += counts[counter] ?? 0;
  }
  return { totals, rates: ratesOf(totals) };
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
