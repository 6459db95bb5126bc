import { bucketAt } from '../statistics/bucket';
import { bucketsAt, bucketsBetween, firstBucketFrom, type StoredBucket } from '../statistics/buckets';
import type { Connection } from '../store/connection';
import { usualDays } from './usual';
import { type WindowCounts, windowCounts } from './window';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Hours that are read of today: the longest window. */
const maxWindowHours = 24;

const isoOf = (ms: number) => new Date(ms).toISOString();
const startOfHour = (ms: number) => Math.floor(ms / hourMs) * hourMs;

/** The same hour of the days before, yesterday first; null where there were no events at all yet. */
export type HourOfDays = ReadonlyArray<WindowCounts | null>;

/** What the rules look at, read once for all of them. */
export interface StatisticsRead {
  /** The counters of the current hour and so many minus one before it. */
  window: (hours: number) => WindowCounts;
  /** The last full hour. */
  lastHour: WindowCounts;
  /** The last full hour, and the current one, of the days before. */
  lastHourBefore: HourOfDays;
  thisHourBefore: HourOfDays;
}

/**
 * Reads the hours that the rules look at: 24 of today in one query, the same hour of each of the seven days before in
 * another one, twice, and when events began. So many reads it takes whatever the number of events.
 * @param now milliseconds since 1970
 */
export async function readStatistics(connection: Connection, now: number): Promise<StatisticsRead> {
  const thisHour = startOfHour(now);
  const from = isoOf(thisHour - (maxWindowHours - 1) * hourMs);
  const readBefore = async (hour: number) => {
    const starts = Array.from({ length: usualDays }, (_, at) => isoOf(hour - (at + 1) * dayMs));
    return { starts, stored: await bucketsAt(connection, 'hour', starts) };
  };
  const [hours, lastBefore, thisBefore, first] = await Promise.all([
    bucketsBetween(connection, 'hour', from, isoOf(thisHour + hourMs)),
    readBefore(thisHour - hourMs),
    readBefore(thisHour),
    firstBucketFrom(connection, 'day', ''),
  ]);
  const windows = new Map<number, WindowCounts>();
  const window = (length: number) => {
    const since = isoOf(thisHour - (length - 1) * hourMs);
    const known = windows.get(length) ?? windowCounts(hours.filter(({ start }) => start >= since));
    windows.set(length, known);
    return known;
  };
  const hourOf = (stored: readonly StoredBucket[], wanted: string) =>
    windowCounts(stored.filter(({ start }) => start === wanted));
  const before = ({ starts, stored }: typeof lastBefore): HourOfDays =>
    starts.map((start) => (first === null || start < first ? null : hourOf(stored, start)));
  return {
    window,
    lastHour: hourOf(hours, isoOf(thisHour - hourMs)),
    lastHourBefore: before(lastBefore),
    thisHourBefore: before(thisBefore),
  };
}

/**
 * The counters of a window as they stand now, up to the moment at which it was looked at: full hours, then five minutes,
 * then five seconds, so that what came later is not in it.
 * @param moment and hours as in {@link StatisticsRead.window}
 */
export async function readWindowAt(
  connection: Connection,
  moment: number,
  hours: number,
): Promise<WindowCounts> {
  const thisHour = startOfHour(moment);
  const at = isoOf(moment);
  const fiveMinutes = bucketAt('fiveMinutes', at).start;
  const read = (level: 'hour' | 'fiveMinutes' | 'fiveSeconds', from: string, to: string) =>
    from < to ? bucketsBetween(connection, level, from, to) : [];
  const parts = await Promise.all([
    read('hour', isoOf(thisHour - (hours - 1) * hourMs), isoOf(thisHour)),
    read('fiveMinutes', isoOf(thisHour), fiveMinutes),
    read('fiveSeconds', fiveMinutes, bucketAt('fiveSeconds', at).end),
  ]);
  return windowCounts(parts.flat());
}
