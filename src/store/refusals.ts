import { type Connection, keyspace } from './connection';
import { inParallel } from './in-parallel';

/** How long the counters of refused requests are kept, in days. */
export const refusalDays = 35;

/** Counts a refused request by reason and UTC day. */
export async function countRefusal(connection: Connection, reason: string, day: string): Promise<void> {
  await connection.incr(`refused:${reason}:${day}`, 1, { keyspace, ttl: refusalDays * 86_400_000 });
}

/** How many requests were refused on a UTC day, by reason. */
export async function refusalsOn<Reason extends string>(
  connection: Connection,
  reasons: readonly Reason[],
  day: string,
): Promise<Record<string, number>> {
  const counts = await inParallel(reasons, async (reason) => {
    const count = Number(await connection.get(`refused:${reason}:${day}`, { keyspace }));
    return [reason, Number.isFinite(count) ? count : 0] as const;
  });
  return Object.fromEntries(counts);
}
