import type { Connection } from '../store/connection';
import { increment, readNumber } from '../store/key-value';
import { mapWithLimit } from '../store/map-with-limit';
import { type Refusal, refusals } from './outcome';

/** How long the counters of refused requests are kept, in days. */
export const refusalDays = 35;

const dayMs = 86_400_000;
const keyOf = (reason: Refusal, day: string) => `refused:${reason}:${day}`;

/** Counts a refused request by reason and UTC day. */
export async function countRefusal(connection: Connection, reason: Refusal, day: string): Promise<void> {
  await increment(connection, keyOf(reason, day), refusalDays * dayMs);
}

/** How many requests were refused on a UTC day for one reason. */
export function refusalsFor(connection: Connection, reason: Refusal, day: string): Promise<number> {
  return readNumber(connection, keyOf(reason, day));
}

/** How many requests were refused on a UTC day, by reason. */
export async function refusalsOn(connection: Connection, day: string): Promise<Record<string, number>> {
  const counts = await mapWithLimit(refusals, async (reason) => {
    return [reason, await refusalsFor(connection, reason, day)] as const;
  });
  return Object.fromEntries(counts);
}
