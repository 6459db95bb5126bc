import type { Counts } from './counters';
import type { Lags } from './lags';

/**
 * What events of one dimension add up to over a span of time. Counters of first events in `counts` are those of a
 * day; in `ever` they are those that were the first ever, which only mean something summed over all days.
 */
export interface Tally {
  /** See {@link dimensionOf}. */
  dimension: string;
  counts: Counts;
  ever: Counts;
  /** ISO times of the earliest and the latest event. */
  firstEventAt: string;
  lastEventAt: string;
  /** How late its events were: of all mail only. */
  lags?: Lags;
}
