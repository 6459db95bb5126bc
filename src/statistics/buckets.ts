import * as v from 'valibot';
import { Collection } from '../store/collection';
import { newRevision } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { type Bucket, type Level, levels } from './bucket';
import { allMail, hasStatistics } from './dimension';
import type { Tally } from './tally';
import { decodeTallies, decodeTallyOf, encodedTallies, encodeTallies } from './tally-encoding';

const bucketFields = v.object({
  _id: v.string(),
  level: v.picklist(levels),
  start: v.string(),
  /** The mark: another one with every event that came since the bucket was counted. */
  dirty: v.optional(v.nullable(v.string()), null),
  /**
   * Of the smallest ones: when it is to be counted again, because some of its events had not had all their effects when it
   * was. ISO time.
   */
  recountAt: v.optional(v.nullable(v.string()), null),
  ...encodedTallies,
  /** How late all its events were. */
  lags: v.optional(v.array(v.number()), []),
  /** Groups of failures, apart from all others so that they can be read alone. */
  failures: v.optional(v.object(encodedTallies), {}),
  /** Of a day: dimensions that have not taken its numbers yet. */
  carry: v.optional(v.array(v.string()), []),
  /** Of a day: retention has closed it, and has removed what it is the sum of. */
  closed: v.optional(v.boolean(), false),
  emptied: v.optional(v.boolean(), false),
});

const storedBucket = v.pipe(
  bucketFields,
  v.transform(({ subjects, numbers, failures, lags, recountAt: _, emptied: __, ...bucket }) => ({
    ...bucket,
    tallies: [
      ...decodeTallies({ subjects, numbers }, bucket.start).map((tally) =>
        tally.dimension === allMail && lags.length > 0 ? { ...tally, lags } : tally,
      ),
      ...decodeTallies(failures, bucket.start),
    ],
  })),
);

export type StoredBucket = v.InferOutput<typeof storedBucket>;

/** Parses a document of the buckets. @throws ValiError when it is not one */
export function parseBucket(document: unknown): StoredBucket {
  return v.parse(storedBucket, document);
}

/** The counters of every dimension in each span of event time. */
export const buckets = new Collection<v.InferOutput<typeof bucketFields>, StoredBucket>(
  'stat_buckets',
  parseBucket,
  [
    ['level', 'start'],
    ['level', 'dirty'],
    ['level', 'recountAt'],
  ],
);

/** Marks a bucket as not counted since now. A new mark each time: an old one could hide another event. */
export async function markBucket(connection: Connection, { id, level, start }: Bucket): Promise<void> {
  await buckets.upsert(connection, id, { $set: { level, start, dirty: newRevision() } });
}

export function findBucket(connection: Connection, id: string): Promise<StoredBucket | null> {
  return buckets.find(connection, id);
}

/** Buckets of a level that are marked, at most `limit`. Every mark is a text and so behind the empty one. */
export function dirtyBuckets(connection: Connection, level: Level, limit: number): Promise<StoredBucket[]> {
  return buckets.list(connection, { level, dirty: { $gt: '' } }, { limit });
}

const startOnly = v.object({ start: v.string() });

/** The starts of smallest buckets that are to be counted again by now, at most `limit`. @param now ISO time */
export async function startsToRecount(connection: Connection, now: string, limit: number): Promise<string[]> {
  const query = { level: levels[0], recountAt: { $gt: '', $lte: now } };
  return (await buckets.project(connection, query, startOnly, { limit })).map(({ start }) => start);
}

/** Buckets of a level that start within a span of time. @param start and end ISO times, the end exclusive */
export function bucketsBetween(
  connection: Connection,
  level: Level,
  start: string,
  end: string,
): Promise<StoredBucket[]> {
  return buckets.list(connection, { level, start: { $gte: start, $lt: end } });
}

/** The buckets of a level that begin at these ISO times, as far as there are any. @param starts at most ten: more, some platforms refuse */
export function bucketsAt(
  connection: Connection,
  level: Level,
  starts: readonly string[],
): Promise<StoredBucket[]> {
  return buckets.list(connection, { level, start: { $in: starts } });
}

const talliesOnly = v.object({ start: v.string(), ...encodedTallies });

/** The tally of one dimension in each bucket of a span of time that has one. */
export async function talliesOfDimension(
  connection: Connection,
  level: Level,
  dimension: string,
  start: string,
  end: string,
): Promise<Array<Tally & { start: string }>> {
  const found: Array<Tally & { start: string }> = [];
  const query = { level, start: { $gte: start, $lt: end } };
  await buckets.visit(connection, query, talliesOnly, (bucket) => {
    const own = decodeTallyOf(bucket, dimension, bucket.start);
    if (own !== null) found.push({ ...own, start: bucket.start });
  });
  return found;
}

const failuresOnly = v.object({ start: v.string(), failures: bucketFields.entries.failures });

/** The groups of failures of each day of a span of time. */
export async function failuresOfDays(connection: Connection, start: string, end: string): Promise<Tally[]> {
  const found: Tally[] = [];
  const query = { level: 'day', start: { $gte: start, $lt: end } } as const;
  await buckets.visit(connection, query, failuresOnly, (day) => {
    found.push(...decodeTallies(day.failures, day.start));
  });
  return found;
}

/** The numbers of a bucket as it stores them. */
export function encodeNumbers(tallies: readonly Tally[], start: string) {
  const [own, failures] = [
    tallies.filter(({ dimension }) => hasStatistics(dimension)),
    tallies.filter(({ dimension }) => !hasStatistics(dimension)),
  ];
  const lags = own.find(({ dimension }) => dimension === allMail)?.lags ?? [];
  return { ...encodeTallies(own, start), lags: [...lags], failures: encodeTallies(failures, start) };
}

/**
 * Writes a bucket's numbers under a new mark, unless it was marked again since it was read. Does not say
 * whether it did: {@link clearMark} takes away only the new mark, so a write that failed stays to be done.
 * @param recountAt when it is to be counted again although nobody marks it, ISO; null: never
 * @returns the new mark
 */
export async function writeTallies(
  connection: Connection,
  bucket: StoredBucket,
  tallies: readonly Tally[],
  { carry, recountAt }: { carry: readonly string[]; recountAt: string | null },
): Promise<string> {
  const written = newRevision();
  await buckets.updateIfMatches(
    connection,
    { _id: bucket._id, dirty: bucket.dirty },
    {
      $set: { ...encodeNumbers(tallies, bucket.start), carry: [...carry], recountAt, dirty: written },
    },
  );
  return written;
}

/** Takes a mark away unless another one has come. */
export async function clearMark(connection: Connection, id: string, mark: string): Promise<void> {
  await buckets.updateIfMatches(connection, { _id: id, dirty: mark }, { $set: { dirty: null, carry: [] } });
}

/** The start of the first bucket of a level that starts at or after an ISO time, null when there is none. */
export async function firstBucketFrom(
  connection: Connection,
  level: Level,
  time: string,
): Promise<string | null> {
  const query = { level, start: { $gte: time } };
  const [first] = await buckets.project(connection, query, startOnly, { sort: { start: 1 }, limit: 1 });
  return first?.start ?? null;
}
