import { missedIn } from '../statistics/missed';
import { campaignsAfter, findCampaign, type StoredCampaign } from '../store/campaigns';
import { type Connection, collections } from '../store/connection';
import { subjectOf } from '../store/subject';
import { type DaySpan, daysWithin } from './numbers';

/** Most sending domains that are read. */
const mostRead = 1000;

/** The numbers of what the back-fill has brought, of one sending domain or of each. */
export async function readMissed(connection: Connection, domain: string | null): Promise<StoredCampaign[]> {
  if (domain !== null) {
    const found = await findCampaign(connection, subjectOf('backfill', domain));
    return found === null ? [] : [found];
  }
  return campaignsAfter(connection, collections.breakdowns, {
    after: subjectOf('backfill', ''),
    before: subjectOf('backfill', '\uffff'),
    limit: mostRead,
  });
}

/** How many events of each day the webhooks missed; days without any are left out. */
export function missedPerDay(campaigns: readonly StoredCampaign[], span: DaySpan): Record<string, number> {
  const days = new Map<string, number>();
  for (const campaign of campaigns)
    for (const [day, counts] of Object.entries(daysWithin(campaign, span)))
      days.set(day, (days.get(day) ?? 0) + missedIn(counts));
  return Object.fromEntries([...days].filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}
