import { sumDays } from '../statistics/campaign';
import { bucketAt } from '../store/bucket';
import { findBucket, type StoredBucket } from '../store/buckets';
import { campaignsAfter, markCampaign } from '../store/campaigns';
import type { Connection } from '../store/connection';
import { compareFields, type Difference, type Findings } from './difference';

/** Campaigns of one step. */
const stepSize = 20;

/**
 * Compares the totals of some campaigns with the sums of their days, and their days with those counted.
 * @param at id of the last campaign that was looked at
 */
export async function auditCampaigns(connection: Connection, at: string, fix: boolean): Promise<Findings> {
  const campaigns = await campaignsAfter(connection, at, stepSize);
  const days = new Map<string, StoredBucket | null>();
  const differences: Difference[] = [];
  for (const campaign of campaigns) {
    const where = campaign.tag === null ? 'all mail' : `tag ${campaign.tag}`;
    const { days: _, dayDetails: __, ...totals } = sumDays(campaign, []);
    const found = compareFields(where, totals, campaign);
    for (const date of Object.keys(campaign.days)) {
      if (!days.has(date)) days.set(date, await findBucket(connection, bucketAt('day', date).id));
      if (!days.get(date)?.tallies.some((tally) => tally.tag === campaign.tag)) {
        found.push({ where, what: `days.${date}`, expected: null, stored: campaign.days[date] ?? null });
        if (fix) await markCampaign(connection, campaign.tag, date);
      }
    }
    const [anyDay] = Object.keys(campaign.days);
    if (fix && found.length > 0 && anyDay !== undefined) await markCampaign(connection, campaign.tag, anyDay);
    differences.push(...found);
  }
  const last = campaigns.at(-1);
  return {
    differences,
    checked: campaigns.length,
    skipped: [],
    next: last === undefined || campaigns.length < stepSize ? null : last._id,
  };
}
