import { bucketAt } from '../statistics/bucket';
import { findBucket, firstBucketFrom, markBucket } from '../statistics/buckets';
import { hasStatistics } from '../statistics/dimension';
import { findStatistics, markStatistics } from '../statistics/dimension-statistics';
import { talliesOf } from '../statistics/recount';
import type { Connection } from '../store/connection';
import { compareFields, compareTallies, type Difference, type Findings } from './difference';

/**
 * Compares one day with the sum of its hours, and what the statistics of its dimensions say of it with the day.
 * @param at ISO time from which on the next day is taken
 */
export async function auditDay(connection: Connection, at: string, fix: boolean): Promise<Findings> {
  const from = await firstBucketFrom(connection, 'day', at);
  if (from === null) return { differences: [], checked: 0, skipped: [], next: null };
  const day = bucketAt('day', from);
  const date = day.start.slice(0, 10);
  const stored = await findBucket(connection, day.id);
  const tallies = stored?.tallies ?? [];

  const ofDay = stored?.closed ? [] : compareTallies(day.id, await talliesOf(connection, day), tallies);
  if (fix && ofDay.length > 0) await markBucket(connection, day);

  const ofStatistics: Difference[] = [];
  for (const { dimension, counts, ...details } of tallies.filter((tally) => hasStatistics(tally.dimension))) {
    const statistics = await findStatistics(connection, dimension);
    const where = `${dimension} on ${date}`;
    const found = [
      ...compareFields(where, { counts }, { counts: statistics?.days[date] ?? null }),
      ...compareFields(where, { details }, { details: statistics?.dayDetails[date] ?? null }),
    ];
    if (fix && found.length > 0) await markStatistics(connection, dimension, date);
    ofStatistics.push(...found);
  }
  return {
    differences: [...ofDay, ...ofStatistics],
    checked: 1 + tallies.length,
    skipped: stored?.closed
      ? [`${date}: retention has removed its events, its numbers stay as they are`]
      : [],
    next: day.end,
  };
}
