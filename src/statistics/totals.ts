import { type StoredCounter, storedCounters } from './counter-table';
import { type Counts, countersOnce } from './counters';
import type { DimensionStatistics, SortKeys } from './dimension-statistics';
import { addLags, type Lags, noLags } from './lags';
import { type Rates, rateNames, ratesOf } from './rates';
import type { Tally } from './tally';

type Numbers = Omit<DimensionStatistics, '_id' | 'tag' | 'dirty' | 'dirtyDays'>;

/** Days of a trend. */
const trendDays = 14;

/**
 * The numbers of a dimension after some of its days have changed. Totals are the sums of its days, except
 * for first events: somebody who opens on two days is one person, so those that were the first ever are summed.
 * @param changes the new tally of each changed day, null when the day has no tally any more
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
      const { counts, ever, firstEventAt, lastEventAt, lags } = tally;
      days.set(day, counts);
      details.set(day, { ever, firstEventAt, lastEventAt, ...(lags && { lags: [...lags] }) });
    }
  }
  const all = [...details.values()];
  const totals: Counts = {};
  for (const counter of storedCounters) totals[counter] = sum([...days.values()], counter);
  for (const counter of countersOnce)
    totals[counter] = sum(
      all.map(({ ever }) => ever),
      counter,
    );
  const times = all.flatMap((day) => [day.firstEventAt, day.lastEventAt]).sort();
  return {
    ...totals,
    firstEventAt: times[0] ?? null,
    lastEventAt: times.at(-1) ?? null,
    lags: sumOfLags(all.flatMap(({ lags }) => (lags ? [lags] : []))),
    trend: trendOf(byDay(days)),
    days: Object.fromEntries(byDay(days)),
    dayDetails: Object.fromEntries(byDay(details)),
  };
}

function sumOfLags(ofDays: readonly Lags[]): number[] {
  if (ofDays.length === 0) return [];
  const total = noLags();
  for (const lags of ofDays) addLags(total, lags);
  return total;
}

function trendOf(days: ReadonlyArray<[string, Counts]>): DimensionStatistics['trend'] {
  return days.slice(-trendDays).map(([day, { delivered = 0, uniqueOpens = 0, uniqueClicks = 0 }]) => ({
    day,
    delivered,
    uniqueOpens,
    uniqueClicks,
  }));
}

function sum(counts: readonly Counts[], counter: StoredCounter): number {
  return counts.reduce((total, each) => total + (each[counter] ?? 0), 0);
}

/** What lists search and sort a campaign by. */
export function sortKeysOf(tag: string | null, counts: Counts): SortKeys {
  const rates = ratesOf(counts);
  const order: Rates = { ...rates };
  for (const name of rateNames) order[name] = rates[name] ?? 0;
  return { name: (tag ?? '').toLowerCase(), order };
}

function byDay<Value>(days: ReadonlyMap<string, Value>): Array<[string, Value]> {
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1));
}
