import { sumDays } from '../statistics/campaign';
import { bucketAt } from '../store/bucket';
import { findBucket, type StoredBucket } from '../store/buckets';
import { campaignCollections, campaignsAfter, markCampaign } from '../store/campaigns';
import type { Connection } from '../store/connection';
import { compareFields, type Difference, type Findings } from './difference';

/** Campaigns of one step. */
const stepSize = 20;

/** Where a step goes on: which collection, and behind which id. */
function readPlace(at: string): { place: number; after: string } {
  const [, place, after] = /^(\d)\/(.*)$/s.exec(at) ?? [];
  return { place: Number(place ?? 0), after: after ?? '' };
}

/**
 * Compares the totals of some campaigns with the sums of their days, and their days with those counted.
 * @param at where the last step ended, empty at first
 */
export async function auditCampaigns(connection: Connection, at: string, fix: boolean): Promise<Findings> {
  const { place, after } = readPlace(at);
  const collection = campaignCollections[place];
  if (collection === undefined) return { differences: [], checked: 0, skipped: [], next: null };
  const campaigns = await campaignsAfter(connection, collection, { after, limit: stepSize });
  const days = new Map<string, StoredBucket | null>();
  const differences: Difference[] = [];
  for (const campaign of campaigns) {
    const { days: _, dayDetails: __, ...totals } = sumDays(campaign, []);
    const found = compareFields(campaign._id, totals, campaign);
    for (const date of Object.keys(campaign.days)) {
      if (!days.has(date)) days.set(date, await findBucket(connection, bucketAt('day', date).id));
      if (!days.get(date)?.tallies.some(({ subject }) => subject === campaign._id)) {
        const stored = campaign.days[date] ?? null;
        found.push({ where: campaign._id, what: `days.${date}`, expected: null, stored });
        if (fix) await markCampaign(connection, campaign._id, date);
      }
    }
    const [anyDay] = Object.keys(campaign.days);
    if (fix && found.length > 0 && anyDay !== undefined) await markCampaign(connection, campaign._id, anyDay);
    differences.push(...found);
  }
  const last = campaigns.at(-1);
  return {
    differences,
    checked: campaigns.length,
    skipped: [],
    next: last === undefined || campaigns.length < stepSize ? `${place + 1}/` : `${place}/${last._id}`,
  };
}
