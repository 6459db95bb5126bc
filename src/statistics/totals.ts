import { type Counter, counters } from './counter-table';
import { type Counts, withZeros } from './counters';
import type { DimensionStatistics, SortKeys } from './dimension-statistics';
import { ratesOf } from './rates';
import type { Tally } from './tally';

type Numbers = Omit<DimensionStatistics, '_id' | 'tag' | 'dirty' | 'dirtyDays'>;

/** Days of a trend. */
const trendDays = 14;

/**
 * The numbers of a dimension after some of its days have changed. Totals are the sums of its days, except
 * for people: somebody who opens on two days is one person, so those whose first event ever it was are summed.
 * @param changes the new tally of each changed day, null when the day has none any more
 */
export function totalsOf(
  before: Pick<DimensionStatistics, 'days' | 'dayDetails'>,
  changes: ReadonlyArray<{ day: string; tally: Tally | null }>,
): Numbers {
  const days = new Map(Object.entries(before.days));
  const details = new Map(Object.entries(before.dayDetails));
  for (const { day, tally } of changes) {
    if (tally === null) {
      days.delete(day);
      details.delete(day);
    } else {
      const { counts, everOpens, everClicks, firstEventAt, lastEventAt } = tally;
      days.set(day, counts);
      details.set(day, { everOpens, everClicks, firstEventAt, lastEventAt });
    }
  }
  const totals: Record<Counter, number> = withZeros({});
  for (const counts of days.values()) for (const counter of counters) totals[counter] += counts[counter] ?? 0;
  const all = [...details.values()];
  totals.uniqueOpens = all.reduce((people, day) => people + day.everOpens, 0);
  totals.uniqueClicks = all.reduce((people, day) => people + day.everClicks, 0);
  const times = all.flatMap((day) => [day.firstEventAt, day.lastEventAt]).sort();
  return {
    ...totals,
    firstEventAt: times[0] ?? null,
    lastEventAt: times.at(-1) ?? null,
    trend: trendOf(byDay(days)),
    days: Object.fromEntries(byDay(days)),
    dayDetails: Object.fromEntries(byDay(details)),
  };
}

function trendOf(days: ReadonlyArray<[string, Counts]>): DimensionStatistics['trend'] {
  return days.slice(-trendDays).map(([day, { delivered = 0, uniqueOpens = 0, uniqueClicks = 0 }]) => ({
    day,
    delivered,
    uniqueOpens,
    uniqueClicks,
  }));
}

/** What lists search and sort a campaign by. */
export function sortKeysOf(tag: string | null, counts: Counts): SortKeys {
  const { delivery, bounce, open, click, clickToOpen, complaint, unsubscribe } = ratesOf(counts);
  return {
    name: (tag ?? '').toLowerCase(),
    order: {
      delivery: delivery ?? 0,
      bounce: bounce ?? 0,
      open: open ?? 0,
      click: click ?? 0,
      clickToOpen: clickToOpen ?? 0,
      complaint: complaint ?? 0,
      unsubscribe: unsubscribe ?? 0,
    },
  };
}

function byDay<Value>(days: ReadonlyMap<string, Value>): Array<[string, Value]> {
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1));
}
