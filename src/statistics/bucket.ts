/**
 * Buckets are the hierarchy in which events are counted. The smallest one holds five seconds of event time and is
 * the unit of recounting; five minutes and hours are sums of it, a UTC day is the sum of its hours, and the
 * statistics of a dimension are the sum of its days. The smallest ones are short because a busy one is read again
 * while its events arrive: with half a minute a burst read every event ten times. Each level has few children, so
 * that a recount reads little. The name of a level says its length: stored buckets of another length would be
 * summed up beside the new ones.
 */
export const levels = ['fiveSeconds', 'fiveMinutes', 'hour', 'day'] as const;
export type Level = (typeof levels)[number];

const lengthMs: Record<Level, number> = {
  fiveSeconds: 5000,
  fiveMinutes: 300_000,
  hour: 3_600_000,
  day: 86_400_000,
};
const idLength: Record<Level, number> = { fiveSeconds: 19, fiveMinutes: 16, hour: 13, day: 10 };

/** A span of event time. `start` and `end` are ISO times, the end exclusive. */
export interface Bucket {
  id: string;
  level: Level;
  start: string;
  end: string;
}

/** The end of the last bucket. The year 10000 has an ISO time that comes before all others in order. */
export const endOfTime = '9999-12-31T24:00:00.000Z';

/** The bucket of a level that an ISO time falls into. */
export function bucketAt(level: Level, time: string): Bucket {
  const length = lengthMs[level];
  const startMs = Math.floor(Date.parse(time) / length) * length;
  const start = new Date(startMs).toISOString();
  const endMs = startMs + length;
  return {
    id: `${level}:${start.slice(0, idLength[level])}`,
    level,
    start,
    end: endMs === Date.parse(endOfTime) ? endOfTime : new Date(endMs).toISOString(),
  };
}

/** The smallest bucket that an ISO time falls into: the one that an event at that time marks. */
export function smallestBucketAt(time: string): Bucket {
  return bucketAt(levels[0], time);
}

/** The level that a level is carried to; null for the day, which the statistics of dimensions take. */
export function parentLevel(level: Level): Level | null {
  return levels[levels.indexOf(level) + 1] ?? null;
}

/** The level that a level is the sum of; null for the smallest, which is counted from events. */
export function childLevel(level: Level): Level | null {
  return levels[levels.indexOf(level) - 1] ?? null;
}
