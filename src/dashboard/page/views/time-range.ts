import { dayMs, dayOf } from '../format/times';

/** The spans that are one click away, with their days. */
export const ranges = [
  ['1d', 'Today'],
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['90d', '90 days'],
  ['all', 'All'],
  ['own', 'Custom'],
] as const;
export type Range = (typeof ranges)[number][0];

const usual: Range = '30d';

/** What days a query asks for; `from` is null for all. */
export interface TimeRange {
  range: Range;
  from: string | null;
  to: string;
}

const day = /^\d{4}-\d\d-\d\d$/;

function givenDay(text: string | undefined): string | null {
  return text !== undefined && day.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
}

/** Reads the days from the query of a view: `range=7d`, or `range=own&from=2026-11-01&to=2026-11-24`. */
export function readRange(query: Readonly<Record<string, string>>, now = Date.now()): TimeRange {
  const range = ranges.find(([name]) => name === query.range)?.[0] ?? usual;
  const today = dayOf(now);
  if (range === 'all') return { range, from: null, to: today };
  if (range === 'own') {
    const to = givenDay(query.to) ?? today;
    const from = givenDay(query.from) ?? dayOf(Date.parse(to) - 6 * dayMs);
    return { range, from: [from, to].sort()[0] ?? to, to };
  }
  return { range, from: dayOf(now - (Number.parseInt(range, 10) - 1) * dayMs), to: today };
}
