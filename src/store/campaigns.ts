import * as v from 'valibot';
import { countsSchema } from './buckets';
import { type Connection, collections } from './connection';
import { attempt, freshMark } from './settle';

const storedCampaign = v.object({
  _id: v.string(),
  tag: v.optional(v.nullable(v.string()), null),
  firstEventAt: v.optional(v.nullable(v.string()), null),
  lastEventAt: v.optional(v.nullable(v.string()), null),
  ...countsSchema.entries,
  days: v.optional(v.record(v.string(), countsSchema), {}),
  /** Per day what its numbers do not show: people's firsts ever, and the time of its first and last event. */
  dayDetails: v.optional(
    v.record(
      v.string(),
      v.object({
        everOpens: v.number(),
        everClicks: v.number(),
        firstEventAt: v.string(),
        lastEventAt: v.string(),
      }),
    ),
    {},
  ),
  dirty: v.optional(v.nullable(v.string()), null),
  dirtyDays: v.optional(v.array(v.string()), []),
});

export type StoredCampaign = v.InferOutput<typeof storedCampaign>;

/** Parses a document of the campaigns. @throws ValiError when it is not one */
export function parseCampaign(document: unknown): StoredCampaign {
  return v.parse(storedCampaign, document);
}

/** The document of a tag, or with null that of all mail. No tag can have the name of the latter. */
export function campaignId(tag: string | null): string {
  return tag === null ? 'all' : `tag:${tag}`;
}

/** Marks a campaign as behind for a UTC day. */
export async function markCampaign(connection: Connection, tag: string | null, day: string): Promise<void> {
  await connection.updateOne(
    collections.campaigns,
    campaignId(tag),
    { $set: { tag, dirty: freshMark() }, $addToSet: { dirtyDays: day } },
    { upsert: true },
  );
}

export async function findCampaign(
  connection: Connection,
  tag: string | null,
): Promise<StoredCampaign | null> {
  const document = await connection.findOneOrNull(collections.campaigns, campaignId(tag));
  return document === null ? null : parseCampaign(document);
}

export async function dirtyCampaigns(connection: Connection, limit: number): Promise<StoredCampaign[]> {
  const documents = await connection
    .getMany(collections.campaigns, { dirty: { $gt: '' } }, { limit })
    .toArray();
  return documents.map(parseCampaign);
}

/** Writes a campaign's numbers and takes its mark away, unless it was marked again since it was read. */
export async function writeCampaign(
  connection: Connection,
  campaign: StoredCampaign,
  fields: Omit<StoredCampaign, '_id' | 'tag' | 'dirty' | 'dirtyDays'>,
): Promise<void> {
  await attempt(
    connection.updateOne(
      collections.campaigns,
      { _id: campaign._id, dirty: campaign.dirty },
      { $set: { ...fields, dirty: null, dirtyDays: [] } },
    ),
  );
}

/** The next campaigns in the order of their ids. */
export async function campaignsAfter(
  connection: Connection,
  id: string,
  limit: number,
): Promise<StoredCampaign[]> {
  const documents = await connection
    .getMany(collections.campaigns, { _id: { $gt: id } }, { sort: { _id: 1 }, limit })
    .toArray();
  return documents.map(parseCampaign);
}
