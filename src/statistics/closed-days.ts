import * as v from 'valibot';
import type { Connection } from '../store/connection';
import { type Bucket, levels } from './bucket';
import { buckets } from './buckets';

/*
 * What retention does with a day: it is closed, so that its numbers stay for good, then its events and what the day
 * is the sum of are removed.
 */

/** The start of the oldest day that still has its events, null when there is none. */
export async function oldestFullDay(connection: Connection): Promise<string | null> {
  const [oldest] = await buckets.project(
    connection,
    { level: 'day', emptied: { $exists: false } },
    v.object({ start: v.string() }),
    { sort: { start: 1 }, limit: 1 },
  );
  return oldest?.start ?? null;
}

/** Whether a day, or a part of it, carries a mark: an event has come that is not counted. */
export async function isDirty(connection: Connection, day: Bucket): Promise<boolean> {
  for (const level of levels) {
    const query = { level, start: { $gte: day.start, $lt: day.end }, dirty: { $gt: '' } };
    if (await buckets.exists(connection, query)) return true;
  }
  return false;
}

/** Whether a day, or a part of it, waits to be counted, for the first time or once more. */
export async function hasMarks(connection: Connection, day: Bucket): Promise<boolean> {
  if (await isDirty(connection, day)) return true;
  const again = {
    level: levels[0],
    start: { $gte: day.start, $lt: day.end },
    recountAt: { $gt: '' },
  };
  return buckets.exists(connection, again);
}

/** Closes a day: its numbers stay as they are for good. */
export async function closeDay(connection: Connection, day: Bucket): Promise<void> {
  await buckets.update(connection, day.id, { $set: { closed: true } });
}

/** Removes what a closed day is the sum of, whose events are gone. */
export async function emptyDay(connection: Connection, day: Bucket): Promise<void> {
  for (const level of levels.slice(0, -1)) {
    await buckets.removeMany(connection, { level, start: { $gte: day.start, $lt: day.end } });
  }
  await buckets.update(connection, day.id, { $set: { emptied: true } });
}

/** Whether retention has ever closed a day. */
export function hasClosedDay(connection: Connection): Promise<boolean> {
  return buckets.exists(connection, { level: 'day', closed: true });
}
