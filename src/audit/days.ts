import { talliesOf } from '../statistics/count';
import { bucketAt } from '../store/bucket';
import { findBucket, firstBucketFrom, markBucket } from '../store/buckets';
import { findCampaign, markCampaign } from '../store/campaigns';
import type { Connection } from '../store/connection';
import { compareFields, compareTallies, type Difference, type Findings } from './difference';

/**
 * Compares one day with the sum of its hours, and what the campaigns say of it with the day.
 * @param at ISO time from which on the next day is taken
 */
export async function auditDay(connection: Connection, at: string, fix: boolean): Promise<Findings> {
  const from = await firstBucketFrom(connection, 'day', at);
  if (from === null) return { differences: [], checked: 0, skipped: [], next: null };
  const day = bucketAt('day', from);
  const date = day.start.slice(0, 10);
  const stored = await findBucket(connection, day.id);
  const tallies = stored?.tallies ?? [];

  const ofDay = stored?.closed ? [] : compareTallies(day.id, await talliesOf(connection, day), tallies);
  if (fix && ofDay.length > 0) await markBucket(connection, day);

  const ofCampaigns: Difference[] = [];
  for (const { subject, counts, ...details } of tallies) {
    const campaign = await findCampaign(connection, subject);
    const where = `${subject} on ${date}`;
    const found = [
      ...compareFields(where, { counts }, { counts: campaign?.days[date] ?? null }),
      ...compareFields(where, { details }, { details: campaign?.dayDetails[date] ?? null }),
    ];
    if (fix && found.length > 0) await markCampaign(connection, subject, date);
    ofCampaigns.push(...found);
  }
  return {
    differences: [...ofDay, ...ofCampaigns],
    checked: 1 + tallies.length,
    skipped: stored?.closed
      ? [`${date}: retention has removed its events, its numbers stay as they are`]
      : [],
    next: day.end,
  };
}
