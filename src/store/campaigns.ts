import * as v from 'valibot';
import { type Connection, collections } from './connection';
import { attempt, freshMark } from './settle';
import { allMail, nameIn } from './subject';
import { counters } from './tally';

const counts = v.object(v.entriesFromList(counters, v.optional(v.number())));

const trendDay = v.object({
  day: v.string(),
  delivered: v.number(),
  uniqueOpens: v.number(),
  uniqueClicks: v.number(),
});

const storedCampaign = v.object({
  _id: v.string(),
  tag: v.optional(v.nullable(v.string()), null),
  firstEventAt: v.optional(v.nullable(v.string()), null),
  lastEventAt: v.optional(v.nullable(v.string()), null),
  ...counts.entries,
  /** Its last days with events, for a small chart. */
  trend: v.optional(v.array(trendDay), []),
  days: v.optional(v.record(v.string(), counts), {}),
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

/** What only serves lists: a name to search and shares to sort by, zero where there is nothing to divide by. */
export interface CampaignOrder {
  name: string;
  order: Record<string, number>;
}

/** Parses a document of the campaigns. @throws ValiError when it is not one */
export function parseCampaign(document: unknown): StoredCampaign {
  return v.parse(storedCampaign, document);
}

/** The collections that hold numbers of subjects: tags and all mail in one, what else there is in the other. */
export const campaignCollections = [collections.campaigns, collections.breakdowns] as const;

function collectionOf(subject: string): string {
  return subject === allMail || nameIn('tag', subject) !== null
    ? collections.campaigns
    : collections.breakdowns;
}

/** Marks the numbers of a subject as behind for a UTC day. */
export async function markCampaign(connection: Connection, subject: string, day: string): Promise<void> {
  await connection.updateOne(
    collectionOf(subject),
    subject,
    { $set: { tag: nameIn('tag', subject), dirty: freshMark() }, $addToSet: { dirtyDays: day } },
    { upsert: true },
  );
}

export async function findCampaign(connection: Connection, subject: string): Promise<StoredCampaign | null> {
  const document = await connection.findOneOrNull(collectionOf(subject), subject);
  return document === null ? null : parseCampaign(document);
}

/** Campaigns of a collection that are marked, at most `limit`. */
export async function dirtyCampaigns(
  connection: Connection,
  collection: string,
  limit: number,
): Promise<StoredCampaign[]> {
  const documents = await connection.getMany(collection, { dirty: { $gt: '' } }, { limit }).toArray();
  return documents.map(parseCampaign);
}

/** Writes a campaign's numbers and takes its mark away, unless it was marked again since it was read. */
export async function writeCampaign(
  connection: Connection,
  campaign: StoredCampaign,
  fields: Omit<StoredCampaign, '_id' | 'tag' | 'dirty' | 'dirtyDays'> & CampaignOrder,
): Promise<void> {
  await attempt(
    connection.updateOne(
      collectionOf(campaign._id),
      { _id: campaign._id, dirty: campaign.dirty },
      { $set: { ...fields, dirty: null, dirtyDays: [] } },
    ),
  );
}

/** The next campaigns of a collection in the order of their ids, up to an id if one is given. */
export async function campaignsAfter(
  connection: Connection,
  collection: string,
  { after, before, limit }: { after: string; before?: string; limit: number },
): Promise<StoredCampaign[]> {
  const query = { _id: before === undefined ? { $gt: after } : { $gt: after, $lt: before } };
  const documents = await connection.getMany(collection, query, { sort: { _id: 1 }, limit }).toArray();
  return documents.map(parseCampaign);
}
