import { type Bucket, bucketAt, childLevel, type Level, levels, parentLevel } from '../store/bucket';
import {
  bucketsBetween,
  clearMark,
  dirtyBuckets,
  findBucket,
  markBucket,
  type StoredBucket,
  writeTallies,
} from '../store/buckets';
import {
  campaignCollections,
  dirtyCampaigns,
  markCampaign,
  type StoredCampaign,
  writeCampaign,
} from '../store/campaigns';
import type { Connection } from '../store/connection';
import { foldEvents } from '../store/event-log';
import { inParallel } from '../store/in-parallel';
import type { Tally } from '../store/tally';
import { orderOf, sumDays } from './campaign';
import { Sum } from './sum';

/** Documents that are counted in one go. */
const batchSize = 200;
/** Most goes of one run over one level: what is left is counted by the next run. */
const mostBatches = 50;

/**
 * Statistics are recounted from the event log, never added to, so that no repeat can count twice:
 *
 * 1. read a marked bucket and its mark;
 * 2. fold its events (a span) or sum its children (an hour, a day);
 * 3. write the numbers under a new mark if the mark is still the one read, mark the parent, take the new
 *    mark away.
 *
 * An event that comes meanwhile leaves a fresh mark, so nothing matches and the bucket is counted again.
 * A crash anywhere leaves the mark. Two runs at once write the same or lose to the fresher one.
 */
export async function countEvents(connection: Connection): Promise<void> {
  for (const level of levels) {
    await inBatches(
      () => dirtyBuckets(connection, level, batchSize),
      (batch) => countBuckets(connection, level, batch),
    );
  }
  for (const collection of campaignCollections) {
    await inBatches(
      () => dirtyCampaigns(connection, collection, batchSize),
      (batch) => countCampaigns(connection, batch),
    );
  }
}

async function inBatches<Item>(
  read: () => Promise<Item[]>,
  count: (batch: Item[]) => Promise<void>,
): Promise<void> {
  for (let batches = 0; batches < mostBatches; batches += 1) {
    const batch = await read();
    await count(batch);
    if (batch.length < batchSize) return;
  }
}

/** The numbers of a bucket as they stand in what it is made of. */
export async function talliesOf(connection: Connection, bucket: Bucket): Promise<Tally[]> {
  const sum = new Sum();
  const below = childLevel(bucket.level);
  if (below === null) {
    await foldEvents(connection, bucket.start, bucket.end, (event) => sum.addEvent(event));
  } else {
    for (const child of await bucketsBetween(connection, below, bucket.start, bucket.end))
      sum.addTallies(child.tallies);
  }
  return sum.tallies();
}

/** Subjects whose numbers differ between two countings. */
function changedSubjects(before: readonly Tally[], after: readonly Tally[]): string[] {
  const old = new Map(before.map((tally) => [tally.subject, JSON.stringify(tally)]));
  const counted = new Set(after.map(({ subject }) => subject));
  const changed = after.filter((tally) => old.get(tally.subject) !== JSON.stringify(tally));
  const gone = before.filter(({ subject }) => !counted.has(subject));
  return [...changed, ...gone].map(({ subject }) => subject);
}

/** Counts one bucket and writes its numbers under a new mark. */
async function countBucket(connection: Connection, stored: StoredBucket) {
  const { _id: id, start, level } = stored;
  const isDay = parentLevel(level) === null;
  // The numbers of a closed day stay: retention has removed the events they came from.
  const tallies = stored.closed ? stored.tallies : await talliesOf(connection, bucketAt(level, start));
  const carry = isDay ? [...new Set([...stored.carry, ...changedSubjects(stored.tallies, tallies)])] : [];
  return { id, start, carry, mark: await writeTallies(connection, stored, tallies, carry) };
}

async function countBuckets(
  connection: Connection,
  level: Level,
  batch: readonly StoredBucket[],
): Promise<void> {
  const counted = await inParallel(batch, (stored) => countBucket(connection, stored));
  const above = parentLevel(level);
  if (above === null) {
    const carried = counted.flatMap(({ start, carry }) =>
      carry.map((subject) => ({ subject, day: start.slice(0, 10) })),
    );
    await inParallel(carried, ({ subject, day }) => markCampaign(connection, subject, day));
  } else {
    const parents = new Map(
      counted.map(({ start }) => bucketAt(above, start)).map((parent) => [parent.id, parent]),
    );
    await inParallel([...parents.values()], (parent) => markBucket(connection, parent));
  }
  await inParallel(counted, ({ id, mark }) => clearMark(connection, id, mark));
}

async function countCampaigns(connection: Connection, batch: readonly StoredCampaign[]): Promise<void> {
  // Read after the campaigns and their marks: a day that changes later marks them again.
  const days = new Map<string, Map<string, Tally>>();
  for (const day of new Set(batch.flatMap((campaign) => campaign.dirtyDays))) {
    const bucket = await findBucket(connection, bucketAt('day', day).id);
    days.set(day, new Map(bucket?.tallies.map((tally) => [tally.subject, tally])));
  }
  for (const campaign of batch) {
    const changes = campaign.dirtyDays.map((day) => ({
      day,
      tally: days.get(day)?.get(campaign._id) ?? null,
    }));
    const numbers = sumDays(campaign, changes);
    await writeCampaign(connection, campaign, { ...numbers, ...orderOf(campaign.tag, numbers) });
  }
}
