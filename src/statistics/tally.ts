import type { Counts } from './counters';

/**
 * What events of one dimension add up to over a span of time. `uniqueOpens` and
 * `uniqueClicks` in `counts` are people of a day. `everOpens` and `everClicks` are those for whom it was
 * the first ever; they only mean something summed over all days.
 */
export interface Tally {
  /** See {@link dimensionOf}. */
  dimension: string;
  counts: Counts;
  everOpens: number;
  everClicks: number;
  /** ISO times of the earliest and the latest event. */
  firstEventAt: string;
  lastEventAt: string;
}
