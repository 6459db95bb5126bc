import { type Connection, platformOf } from './connection';
import { keyspace } from './platform';

/** Adds one to a number in the key-value store. @param ttlMs how long it is kept after that, in milliseconds; null: for ever */
export async function increment(connection: Connection, key: string, ttlMs: number | null): Promise<void> {
  await platformOf(connection).incr(key, 1, { keyspace, ...(ttlMs !== null && { ttl: ttlMs }) });
}

/** A text in the key-value store, null when there is none. */
export async function readText(connection: Connection, key: string): Promise<string | null> {
  const value: unknown = await platformOf(connection).get(key, { keyspace });
  return typeof value === 'string' ? value : null;
}

/** Keeps a text in the key-value store. It takes no objects. */
export async function writeText(connection: Connection, key: string, text: string): Promise<void> {
  await platformOf(connection).set(key, text, { keyspace });
}

/** A number in the key-value store, zero when there is none. */
export async function readNumber(connection: Connection, key: string): Promise<number> {
  const value = Number(await platformOf(connection).get(key, { keyspace }));
  return Number.isFinite(value) ? value : 0;
}
