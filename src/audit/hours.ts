import { firstEventFrom } from '../event-log/event-log';
import { type LoggedEvent, withoutPlace } from '../event-log/feed';
import { makeSearchable, wronglySearchable } from '../event-log/searchable';
import { type Bucket, bucketAt, endOfTime, levels, smallestBucketAt } from '../statistics/bucket';
import { bucketsBetween, findBucket, firstBucketFrom, markBucket } from '../statistics/buckets';
import { visitCountedEvents } from '../statistics/counted-event';
import { talliesKeptAt } from '../statistics/fold-failures';
import { TallyBuilder } from '../statistics/tally-builder';
import type { Connection } from '../store/connection';
import { compareFields, compareTallies, type Findings } from './difference';

/**
 * Counts one hour anew from the event log and compares it with what is stored for it.
 * @param at ISO time from which on the next hour with anything in it is taken
 */
export async function auditHour(connection: Connection, at: string, fix: boolean): Promise<Findings> {
  const [event, bucket] = await Promise.all([
    firstEventFrom(connection, at),
    firstBucketFrom(connection, 'hour', at),
  ]);
  const from = [event, bucket].flatMap((time) => time ?? []).sort()[0];
  if (from === undefined) return { differences: [], checked: 0, skipped: [], next: null };

  const hour = bucketAt('hour', from);
  const next = hour.end < endOfTime ? hour.end : null;
  const day = await findBucket(connection, bucketAt('day', hour.start).id);
  if (day?.closed) return { differences: [], checked: 0, skipped: [], next: bucketAt('day', hour.start).end };

  const builder = new TallyBuilder();
  const parts = new Map<string, Bucket>();
  const events: LoggedEvent[] = [];
  await visitCountedEvents(connection, hour.start, hour.end, (counted) => {
    builder.addEvent(counted);
    const smallest = smallestBucketAt(counted.occurredAt);
    parts.set(smallest.id, smallest);
    events.push({ key: counted._id, receivedAt: counted.receivedAt, bucket: smallest.id });
  });
  const stored = await findBucket(connection, hour.id);
  const missing = (await withoutPlace(connection, events)).length;
  const unsearchable = await wronglySearchable(connection, hour.start, hour.end);
  if (fix) await makeSearchable(connection, unsearchable);
  const differences = [
    ...compareFields(
      hour.id,
      { eventsWithWrongVariables: 0 },
      { eventsWithWrongVariables: unsearchable.length },
    ),
    ...compareTallies(hour.id, talliesKeptAt('hour', builder), stored?.tallies ?? []),
    ...compareFields(
      hour.id,
      { eventsOfTheFeed: events.length },
      { eventsOfTheFeed: events.length - missing },
    ),
  ];
  if (fix && differences.length > 0) {
    for (const level of levels.slice(0, levels.indexOf('hour')))
      for (const known of await bucketsBetween(connection, level, hour.start, hour.end))
        parts.set(known._id, bucketAt(level, known.start));
    for (const part of parts.values()) await markBucket(connection, part);
    await markBucket(connection, hour);
  }
  return { differences, checked: 1, skipped: [], next };
}
