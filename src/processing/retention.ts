import { hasUnfinished } from '../event-log/backlog';
import { removeEventsBetween } from '../event-log/event-log';
import { forgetPlaces } from '../event-log/feed';
import { log } from '../log';
import { bucketAt, smallestBucketAt } from '../statistics/bucket';
import { closeDay, emptyDay, hasMarks, oldestFullDay } from '../statistics/closed-days';
import type { Connection } from '../store/connection';

const dayMs = 86_400_000;

/**
 * Removes events of days that are older than the owner wants to keep, one day a run. The day is closed
 * first: its numbers stay and are not counted again. A day with work left in it waits.
 * @param now milliseconds since 1970
 */
export async function applyRetention(
  connection: Connection,
  retentionDays: number,
  now: number,
): Promise<void> {
  if (retentionDays === 0) return;
  const oldest = await oldestFullDay(connection);
  if (oldest === null) return;
  const day = bucketAt('day', oldest);
  if (Date.parse(day.end) > now - retentionDays * dayMs) return;
  if ((await hasUnfinished(connection, day.start, day.end)) || (await hasMarks(connection, day))) return;
  await closeDay(connection, day);
  await removeEventsBetween(connection, day.start, day.end);
  await forgetPlaces(connection, smallestBucketAt(day.start).id, smallestBucketAt(day.end).id);
  await emptyDay(connection, day);
  log.info('day closed, its events removed', { day: day.start.slice(0, 10) });
}
