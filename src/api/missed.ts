import { missedByWebhook } from '../statistics/counters';
import { dimensionOf } from '../statistics/dimension';
import { breakdownsOf, type DimensionStatistics, findStatistics } from '../statistics/dimension-statistics';
import { type DaySpan, daysWithin } from '../statistics/numbers';
import type { Connection } from '../store/connection';

/** Most sending domains that are read. */
const maxDomains = 1000;

/** The numbers of what the back-fill has brought, of one sending domain or of each. */
export async function readMissed(
  connection: Connection,
  domain: string | null,
): Promise<DimensionStatistics[]> {
  if (domain !== null) {
    const found = await findStatistics(connection, dimensionOf('backfill', domain));
    return found === null ? [] : [found];
  }
  return breakdownsOf(connection, 'backfill', maxDomains);
}

/** How many events of each day the webhooks missed; days without any are left out. */
export function missedPerDay(domains: readonly DimensionStatistics[], span: DaySpan): Record<string, number> {
  const days = new Map<string, number>();
  for (const statistics of domains)
    for (const [day, counts] of Object.entries(daysWithin(statistics, span)))
      days.set(day, (days.get(day) ?? 0) + missedByWebhook(counts));
  return Object.fromEntries([...days].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}
