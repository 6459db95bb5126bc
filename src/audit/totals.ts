import { bucketAt } from '../statistics/bucket';
import { findBucket, type StoredBucket } from '../statistics/buckets';
import { markStatistics, statisticsAfter, statisticsCollections } from '../statistics/dimension-statistics';
import { totalsOf } from '../statistics/totals';
import type { Connection } from '../store/connection';
import { compareFields, type Difference, type Findings } from './difference';

/** Documents of one step. */
const stepSize = 20;

/** Where a step goes on: which collection, and behind which id. */
function readPosition(at: string): { index: number; after: string } {
  const [, index, after] = /^(\d)\/(.*)$/s.exec(at) ?? [];
  return { index: Number(index ?? 0), after: after ?? '' };
}

/**
 * Compares the totals of some dimensions with the sums of their days, and their days with those counted.
 * @param at where the last step ended, empty at first
 */
export async function auditTotals(connection: Connection, at: string, fix: boolean): Promise<Findings> {
  const { index, after } = readPosition(at);
  const collection = statisticsCollections[index];
  if (collection === undefined) return { differences: [], checked: 0, skipped: [], next: null };
  const documents = await statisticsAfter(connection, collection, { after, limit: stepSize });
  const days = new Map<string, StoredBucket | null>();
  const differences: Difference[] = [];
  for (const statistics of documents) {
    const { days: _, dayDetails: __, ...totals } = totalsOf(statistics, []);
    const found = compareFields(statistics._id, totals, statistics);
    for (const date of Object.keys(statistics.days)) {
      if (!days.has(date)) days.set(date, await findBucket(connection, bucketAt('day', date).id));
      if (!days.get(date)?.tallies.some(({ dimension }) => dimension === statistics._id)) {
        const stored = statistics.days[date] ?? null;
        found.push({ where: statistics._id, what: `days.${date}`, expected: null, stored });
        if (fix) await markStatistics(connection, statistics._id, date);
      }
    }
    const [anyDay] = Object.keys(statistics.days);
    if (fix && found.length > 0 && anyDay !== undefined)
      await markStatistics(connection, statistics._id, anyDay);
    differences.push(...found);
  }
  const last = documents.at(-1);
  return {
    differences,
    checked: documents.length,
    skipped: [],
    next: last === undefined || documents.length < stepSize ? `${index + 1}/` : `${index}/${last._id}`,
  };
}
