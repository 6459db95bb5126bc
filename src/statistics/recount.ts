import { type LoggedEvent, placeEvents } from '../event-log/feed';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import {
  type Bucket,
  bucketAt,
  childLevel,
  type Level,
  levels,
  parentLevel,
  smallestBucketAt,
} from './bucket';
import {
  bucketsBetween,
  clearMark,
  dirtyBuckets,
  findBucket,
  markBucket,
  type StoredBucket,
  startsToRecount,
  writeTallies,
} from './buckets';
import { visitCountedEvents } from './counted-event';
import { hasStatistics } from './dimension';
import {
  type DimensionStatistics,
  dirtyStatistics,
  markStatistics,
  statisticsCollections,
  writeStatistics,
} from './dimension-statistics';
import { talliesKeptAt } from './fold-failures';
import { recountTimeOf } from './recount-time';
import type { Tally } from './tally';
import { TallyBuilder } from './tally-builder';
import { sortKeysOf, totalsOf } from './totals';

/** Documents of one batch. */
const batchSize = 200;
/** Most batches of one run over one level: what is left is counted by the next run. */
const maxBatches = 50;

/**
 * Statistics are recounted from the event log, never added to, so that no repeat can count twice:
 *
 * 1. read a marked bucket and its mark;
 * 2. count its events (the smallest buckets) or sum its children;
 * 3. write the numbers under a new mark if the mark is still the one read, mark the parent, take the new
 *    mark away.
 *
 * An event that comes meanwhile leaves a fresh mark, so nothing matches and the bucket is counted again.
 * An event is marked before it is done: where a count sees one that is not, it notes when to count once more.
 * A crash anywhere leaves the mark. Two runs at once write the same or lose to the fresher one.
 *
 * A count knows which events there are: those that have no place in the feed get one before the mark is taken away.
 */
export async function recountDirty(connection: Connection): Promise<void> {
  for (const level of levels) {
    await inBatches(
      () => dirtyBuckets(connection, level, batchSize),
      (batch) => countBuckets(connection, level, batch),
    );
  }
  for (const collection of statisticsCollections) {
    await inBatches(
      () => dirtyStatistics(connection, collection, batchSize),
      (batch) => countStatistics(connection, batch),
    );
  }
}

/**
 * Marks what is due to be counted once more. For cron alone: what a count of the moment has missed is only how long the
 * last events took, and can wait for it.
 */
export async function markDueAgain(connection: Connection): Promise<void> {
  const due = await startsToRecount(connection, new Date().toISOString(), batchSize);
  await mapWithLimit(due, (start) => markBucket(connection, smallestBucketAt(start)));
}

async function inBatches<Item>(
  read: () => Promise<Item[]>,
  count: (batch: Item[]) => Promise<void>,
): Promise<void> {
  for (let batches = 0; batches < maxBatches; batches += 1) {
    const batch = await read();
    await count(batch);
    if (batch.length < batchSize) return;
  }
}

/** What a count of a bucket has found. */
interface BucketCount {
  tallies: readonly Tally[];
  /** When the first of its events was received that had not had all its effects, ISO; null when all had. */
  pendingSince: string | null;
  /** Of a smallest bucket: its events. */
  events: LoggedEvent[];
}

/** The numbers of a bucket as they stand in what it is made of. */
async function countOf(connection: Connection, { id, level, start, end }: Bucket): Promise<BucketCount> {
  const builder = new TallyBuilder();
  const events: LoggedEvent[] = [];
  const below = childLevel(level);
  let pendingSince: string | null = null;
  if (below === null) {
    await visitCountedEvents(connection, start, end, (event) => {
      builder.addEvent(event);
      events.push({ key: event._id, receivedAt: event.receivedAt, bucket: id });
      if (event.state === null && (pendingSince === null || event.receivedAt < pendingSince))
        pendingSince = event.receivedAt;
    });
  } else {
    for (const child of await bucketsBetween(connection, below, start, end))
      builder.addTallies(child.tallies);
  }
  return { tallies: talliesKeptAt(level, builder), pendingSince, events };
}

/** As {@link countOf}, for who compares with what is stored. */
export async function talliesOf(connection: Connection, bucket: Bucket): Promise<readonly Tally[]> {
  return (await countOf(connection, bucket)).tallies;
}

/** Dimensions that have statistics and whose numbers differ between two counts. */
function changedDimensions(before: readonly Tally[], after: readonly Tally[]): string[] {
  const old = new Map(before.map((tally) => [tally.dimension, JSON.stringify(tally)]));
  const counted = new Set(after.map(({ dimension }) => dimension));
  const changed = after.filter((tally) => old.get(tally.dimension) !== JSON.stringify(tally));
  const gone = before.filter(({ dimension }) => !counted.has(dimension));
  return [...changed, ...gone].map(({ dimension }) => dimension).filter(hasStatistics);
}

/** Counts one bucket and writes its numbers under a new mark. */
async function countBucket(connection: Connection, stored: StoredBucket) {
  const { _id: id, start, level } = stored;
  const isDay = parentLevel(level) === null;
  // The numbers of a closed day stay: retention has removed the events they came from.
  const { tallies, pendingSince, events }: BucketCount = stored.closed
    ? { tallies: stored.tallies, pendingSince: null, events: [] }
    : await countOf(connection, bucketAt(level, start));
  const carry = isDay ? [...new Set([...stored.carry, ...changedDimensions(stored.tallies, tallies)])] : [];
  const recountAt = recountTimeOf(pendingSince, Date.now());
  const mark = await writeTallies(connection, stored, tallies, { carry, recountAt });
  return { id, start, carry, events, mark };
}

async function countBuckets(
  connection: Connection,
  level: Level,
  batch: readonly StoredBucket[],
): Promise<void> {
  const counted = await mapWithLimit(batch, (stored) => countBucket(connection, stored));
  const above = parentLevel(level);
  if (above === null) {
    const carried = counted.flatMap(({ start, carry }) =>
      carry.map((dimension) => ({ dimension, day: start.slice(0, 10) })),
    );
    await mapWithLimit(carried, ({ dimension, day }) => markStatistics(connection, dimension, day));
  } else {
    const parents = new Map(
      counted.map(({ start }) => bucketAt(above, start)).map((parent) => [parent.id, parent]),
    );
    await mapWithLimit([...parents.values()], (parent) => markBucket(connection, parent));
  }
  await placeEvents(
    connection,
    counted.flatMap(({ events }) => events),
  );
  await mapWithLimit(counted, ({ id, mark }) => clearMark(connection, id, mark));
}

async function countStatistics(connection: Connection, batch: readonly DimensionStatistics[]): Promise<void> {
  // Read after the statistics and their marks: a day that changes later marks them again.
  const days = new Map<string, Map<string, Tally>>();
  for (const day of new Set(batch.flatMap(({ dirtyDays }) => dirtyDays))) {
    const bucket = await findBucket(connection, bucketAt('day', day).id);
    days.set(day, new Map(bucket?.tallies.map((tally) => [tally.dimension, tally])));
  }
  for (const statistics of batch) {
    const changes = statistics.dirtyDays.map((day) => ({
      day,
      tally: days.get(day)?.get(statistics._id) ?? null,
    }));
    const numbers = totalsOf(statistics, changes);
    await writeStatistics(connection, statistics, { ...numbers, ...sortKeysOf(statistics.tag, numbers) });
  }
}
