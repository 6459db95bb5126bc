import { bucketAt } from '../statistics/bucket';

const dayMs = 86_400_000;
/** How long before a day is closed nothing is brought back into it any more. */
const marginMs = 3_600_000;

/**
 * The ISO time from which on events may be brought back. Days that retention has closed, or is about to, are
 * left alone: their events would stay for ever and count for nothing.
 * @param retentionDays 0: all events are kept
 * @param now milliseconds since 1970
 */
export function oldestKept(retentionDays: number, now: number): string {
  if (retentionDays === 0) return '';
  return bucketAt('day', new Date(now - retentionDays * dayMs + marginMs).toISOString()).start;
}
