import type { StoredCampaign } from '../store/campaigns';
import { type Counter, counters, type Tally, withZeros } from '../store/tally';

type CampaignNumbers = Omit<StoredCampaign, '_id' | 'tag' | 'dirty' | 'dirtyDays'>;

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
    days: Object.fromEntries(byDay(days)),
    dayDetails: Object.fromEntries(byDay(details)),
  };
}

function byDay<Value>(days: ReadonlyMap<string, Value>): Array<[string, Value]> {
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1));
}
