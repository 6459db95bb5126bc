import type { CampaignOrder, StoredCampaign } from '../store/campaigns';
import { type Counter, type Counts, counters, type Tally, withZeros } from '../store/tally';
import { ratesOf } from './rates';

type CampaignNumbers = Omit<StoredCampaign, '_id' | 'tag' | 'dirty' | 'dirtyDays'>;

/** Days of a trend. */
const trendLength = 14;

/**
 * The numbers of a campaign after some of its days have changed. Totals are the sums of its days, except
 * for people: somebody who opens on two days is one person, so their firsts ever are summed.
 * @param changes the new tally of each changed day, null when the day has none any more
 */
export function sumDays(
  before: Pick<StoredCampaign, 'days' | 'dayDetails'>,
  changes: ReadonlyArray<{ day: string; tally: Tally | null }>,
): CampaignNumbers {
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

function trendOf(days: ReadonlyArray<[string, Counts]>): StoredCampaign['trend'] {
  return days.slice(-trendLength).map(([day, { delivered = 0, uniqueOpens = 0, uniqueClicks = 0 }]) => ({
    day,
    delivered,
    uniqueOpens,
    uniqueClicks,
  }));
}

/** What lists search and sort a campaign by. */
export function orderOf(tag: string | null, counts: Counts): CampaignOrder {
  const shares = Object.entries(ratesOf(counts)).map(([name, share]) => [name, share ?? 0]);
  return { name: (tag ?? '').toLowerCase(), order: Object.fromEntries(shares) };
}

function byDay<Value>(days: ReadonlyMap<string, Value>): Array<[string, Value]> {
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1));
}
