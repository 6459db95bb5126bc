import * as v from 'valibot';
import { type Bucket, type Level, levels } from './bucket';
import { type Connection, collections, everything } from './connection';
import { gather } from './gather';
import { inParallel } from './in-parallel';
import { attempt, freshMark } from './settle';
import type { Tally } from './tally';
import { fromLines, tallyLines, tallyOfSubject, toLines } from './tally-lines';

const storedBucket = v.pipe(
  v.object({
    _id: v.string(),
    level: v.picklist(levels),
    start: v.string(),
    dirty: v.optional(v.nullable(v.string()), null),
    ...tallyLines,
    /** Of a day: subjects that have not taken its numbers yet. */
    carry: v.optional(v.array(v.string()), []),
    closed: v.optional(v.boolean(), false),
  }),
  v.transform(({ subjects, numbers, ...bucket }) => ({
    ...bucket,
    tallies: fromLines({ subjects, numbers }, bucket.start),
  })),
);

export type StoredBucket = v.InferOutput<typeof storedBucket>;

/** Parses a document of the buckets. @throws ValiError when it is not one */
export function parseBucket(document: unknown): StoredBucket {
  return v.parse(storedBucket, document);
}

/** Marks a bucket as not counted since now. A fresh mark each time: an old one could hide another event. */
export async function markBucket(connection: Connection, { id, level, start }: Bucket): Promise<void> {
  await connection.updateOne(
    collections.buckets,
    id,
    { $set: { level, start, dirty: freshMark() } },
    { upsert: true },
  );
}

/** As {@link markBucket}, in one call with others that mark the same bucket at the same time. */
export const markBucketTogether = gather<Connection, Bucket, void>(async (connection, buckets) => {
  const distinct = new Map(buckets.map((bucket) => [bucket.id, bucket]));
  await inParallel([...distinct.values()], (bucket) => markBucket(connection, bucket));
  return () => undefined;
});

export async function findBucket(connection: Connection, id: string): Promise<StoredBucket | null> {
  const document = await connection.findOneOrNull(collections.buckets, id);
  return document === null ? null : parseBucket(document);
}

/** Buckets of a level that are marked, at most `limit`. Every mark is a text and so behind the empty one. */
export async function dirtyBuckets(
  connection: Connection,
  level: Level,
  limit: number,
): Promise<StoredBucket[]> {
  const query = { level, dirty: { $gt: '' } };
  const documents = await connection.getMany(collections.buckets, query, { limit }).toArray();
  return documents.map(parseBucket);
}

/** Buckets of a level whose start lies in a stretch of time. */
export async function bucketsBetween(
  connection: Connection,
  level: Level,
  start: string,
  end: string,
): Promise<StoredBucket[]> {
  const query = { level, start: { $gte: start, $lt: end } };
  const documents = await connection.getMany(collections.buckets, query, { limit: everything }).toArray();
  return documents.map(parseBucket);
}

const linesOnly = v.object({ start: v.string(), ...tallyLines });

/** The tally of one subject in each bucket of a stretch of time that has one. */
export async function talliesOfSubject(
  connection: Connection,
  level: Level,
  subject: string,
  start: string,
  end: string,
): Promise<Array<Tally & { start: string }>> {
  const query = { level, start: { $gte: start, $lt: end } };
  const found: Array<Tally & { start: string }> = [];
  await connection.getMany(collections.buckets, query, { limit: everything }).forEach((document: unknown) => {
    const bucket = v.parse(linesOnly, document);
    const own = tallyOfSubject(bucket, subject, bucket.start);
    if (own !== null) found.push({ ...own, start: bucket.start });
  });
  return found;
}

/**
 * Writes a bucket's numbers under a new mark, unless it was marked again since it was read. Does not say
 * whether it did: {@link clearMark} takes away only the new mark, so a write that failed stays to be done.
 * @returns the new mark
 */
export async function writeTallies(
  connection: Connection,
  bucket: StoredBucket,
  tallies: readonly Tally[],
  carry: readonly string[],
): Promise<string> {
  const written = freshMark();
  await attempt(
    connection.updateOne(
      collections.buckets,
      { _id: bucket._id, dirty: bucket.dirty },
      { $set: { ...toLines(tallies, bucket.start), carry, dirty: written } },
    ),
  );
  return written;
}

/** Takes a mark away unless another one has come. */
export async function clearMark(connection: Connection, id: string, mark: string): Promise<void> {
  await attempt(
    connection.updateOne(collections.buckets, { _id: id, dirty: mark }, { $set: { dirty: null, carry: [] } }),
  );
}

/** The start of the oldest day that still has its events, null when there is none. */
export async function oldestFullDay(connection: Connection): Promise<string | null> {
  const query = { level: 'day', emptied: { $exists: false } };
  const [oldest] = await connection
    .getMany(collections.buckets, query, { sort: { start: 1 }, limit: 1 })
    .toArray();
  return oldest === undefined ? null : parseBucket(oldest).start;
}

/** Whether a day, or a part of it, waits to be counted. */
export async function hasMarks(connection: Connection, day: Bucket): Promise<boolean> {
  for (const level of levels) {
    const query = { level, start: { $gte: day.start, $lt: day.end }, dirty: { $gt: '' } };
    if ((await connection.getMany(collections.buckets, query, { limit: 1 }).toArray()).length > 0)
      return true;
  }
  return false;
}

/** Closes a day: its numbers stay as they are for good. */
export async function closeDay(connection: Connection, day: Bucket): Promise<void> {
  await connection.updateOne(collections.buckets, day.id, { $set: { closed: true } });
}

/** Removes what a closed day is the sum of, whose events are gone. */
export async function emptyDay(connection: Connection, day: Bucket): Promise<void> {
  for (const level of levels.slice(0, -1)) {
    await connection.removeMany(collections.buckets, { level, start: { $gte: day.start, $lt: day.end } });
  }
  await connection.updateOne(collections.buckets, day.id, { $set: { emptied: true } });
}

/** The start of the first bucket of a level that starts at or after an ISO time, null when there is none. */
export async function firstBucketFrom(
  connection: Connection,
  level: Level,
  time: string,
): Promise<string | null> {
  const query = { level, start: { $gte: time } };
  const [first] = await connection
    .getMany(collections.buckets, query, { sort: { start: 1 }, limit: 1 })
    .toArray();
  return first === undefined ? null : parseBucket(first).start;
}

/** Whether retention has ever closed a day. */
export async function hasClosedDay(connection: Connection): Promise<boolean> {
  const query = { level: 'day', closed: true };
  return (await connection.getMany(collections.buckets, query, { limit: 1 }).toArray()).length > 0;
}
