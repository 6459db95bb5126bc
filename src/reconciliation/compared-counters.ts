import { counterTable, type NamedRow, type StoredCounter } from '../statistics/counter-table';
import type { Counts } from '../statistics/counters';

const rows: readonly NamedRow[] = counterTable;

/** A number that both sides count. */
export interface ComparedCounter {
  readonly counter: StoredCounter;
  /** What Mailgun's Metrics API calls it. */
  readonly metric: string;
  /** The type of the events that it counts. */
  readonly event: string;
  /** Whether it counts every event of its type. */
  readonly isWhole: boolean;
  /** Whether Mailgun counts the first of a message anew after seven days, so that the two are not the same number. */
  readonly isOnce: boolean;
}

/** Mailgun lists `rejected` events, and counts them nowhere. */
const withoutMetric = new Set(['rejected_count']);

/**
 * The numbers that Mailgun and we both count, from the table of counters. Numbers that follow from them, such as `sent`,
 * and shares are equal when these are.
 */
export const comparedCounters: readonly ComparedCounter[] = rows.flatMap(
  ({ name: counter, mailgun: metric, event, only, once }) =>
    metric === null || event === null || withoutMetric.has(metric) || !/^\w+_count$/.test(metric)
      ? []
      : [
          {
            counter,
            metric,
            event,
            isWhole: only === undefined && once === undefined,
            isOnce: once !== undefined,
          },
        ],
);

/** Every name that Mailgun is asked for; `stored_count` last, because one of its documents does not list it. */
export const comparedMetrics: readonly string[] = comparedCounters
  .map(({ metric }) => metric)
  .sort((a, b) => Number(a === 'stored_count') - Number(b === 'stored_count'));

/** Mailgun's counts under our names; what it does not tell is left out. */
export function countersOfMetrics(metrics: ReadonlyMap<string, number>): Counts {
  const counts: Counts = {};
  for (const { counter, metric } of comparedCounters) {
    const told = metrics.get(metric);
    if (told !== undefined) counts[counter] = told;
  }
  return counts;
}

/** A number that is not the same on both sides. */
export interface Difference {
  readonly counter: StoredCounter;
  readonly ours: number;
  readonly mailgun: number;
}

/** Where two sides differ. What Mailgun does not tell is not compared. @param mailgun see {@link countersOfMetrics} */
export function differencesBetween(ours: Counts, mailgun: Counts): Difference[] {
  return comparedCounters.flatMap(({ counter }) => {
    const [own, theirs] = [ours[counter] ?? 0, mailgun[counter]];
    return theirs === undefined || own === theirs ? [] : [{ counter, ours: own, mailgun: theirs }];
  });
}

/** Events of all types in some counts, each once. */
export function eventsIn(counts: Counts): number {
  return comparedCounters.reduce(
    (sum, { counter, isWhole }) => sum + (isWhole ? (counts[counter] ?? 0) : 0),
    0,
  );
}
