/**
 * The published example's counters, then ours. Each counts events, but the unique ones count people. Buckets
 * store their numbers in this order: a new counter goes to the end, and none changes its place.
 */
const zeros = {
  accepted: 0,
  delivered: 0,
  opens: 0,
  clicks: 0,
  failures: 0,
  complaints: 0,
  unsubscribes: 0,
  rejected: 0,
  stored: 0,
  permanentFailures: 0,
  temporaryFailures: 0,
  suppressedFailures: 0,
  botOpens: 0,
  botClicks: 0,
  uniqueOpens: 0,
  uniqueClicks: 0,
};
export type Counter = keyof typeof zeros;

/** Their names, in order. */
export const counters = Object.keys(zeros).filter((name): name is Counter => name in zeros);

/** Numbers by counter; an absent one is zero. */
export type Counts = { [Name in Counter]?: number | undefined };

/**
 * What events of one subject add up to over a span of time. `uniqueOpens` and
 * `uniqueClicks` in `counts` are people of a day. `everOpens` and `everClicks` are those for whom it was
 * the first ever; they only mean something summed over all days.
 */
export interface Tally {
  /** See {@link subjectOf}. */
  subject: string;
  counts: Counts;
  everOpens: number;
  everClicks: number;
  /** ISO times of the earliest and the latest event. */
  firstEventAt: string;
  lastEventAt: string;
}

/** All counters, the absent ones as zero. */
export function withZeros(counts: Counts): Record<Counter, number> {
  const all = { ...zeros };
  for (const counter of counters) all[counter] = counts[counter] ?? 0;
  return all;
}
