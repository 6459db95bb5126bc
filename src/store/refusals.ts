import { type Connection, keyspace } from './connection';

/** How long the counters of refused requests are kept, in milliseconds. */
const lifetime = 35 * 24 * 60 * 60 * 1000;

/** Counts a refused request by reason and UTC day. */
export async function countRefusal(connection: Connection, reason: string, day: string): Promise<void> {
  await connection.incr(`refused:${reason}:${day}`, 1, { keyspace, ttl: lifetime });
}

/** How many requests were refused for a reason on a UTC day. */
export async function refusalsOf(connection: Connection, reason: string, day: string): Promise<number> {
  const count = Number(await connection.get(`refused:${reason}:${day}`, { keyspace }));
  return Number.isFinite(count) ? count : 0;
}
