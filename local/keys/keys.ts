import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import type { Json, KeyEntry } from '../connection';
import { checkedText } from '../database/checked-text';
import { ArgumentError } from '../database/errors';
import { parseJson, toJson } from '../database/json';
import { type Readers, Snapshot } from '../database/readers';
import { type Row, type Sqlite, textAt } from '../database/sqlite';
import { afterAllText, decodeText, encodeText } from '../database/text';
import type { Write } from '../database/transactions';
import type { Switches } from '../switches/switches';

interface KeysParts {
  readonly database: Sqlite;
  readonly readers: Readers;
  readonly switches: Switches;
  readonly now: () => number;
}

export const keysSchema = `
  CREATE TABLE IF NOT EXISTS keys (
    keyspace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, sum INTEGER NOT NULL, expires REAL,
    PRIMARY KEY (keyspace, key)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS keys_by_expiry ON keys (expires) WHERE expires IS NOT NULL;`;

const keyOptions = v.nullish(
  v.looseObject({
    ttl: v.nullish(v.pipe(v.number(), v.finite())),
    keyspace: v.nullish(v.string()),
  }),
  {},
);

const batchSize = 256;

/**
 * The key-value store. A key lives in a keyspace (default: the empty one) and may expire: an expired key
 * is as good as absent, its row is removed later.
 */
export class Keys {
  readonly #database: Sqlite;
  readonly #readers: Readers;
  readonly #switches: Switches;
  readonly #now: () => number;

  constructor({ database, readers, switches, now }: KeysParts) {
    this.#database = database;
    this.#readers = readers;
    this.#switches = switches;
    this.#now = now;
  }

  /** Stores a value, with the given TTL or none, and returns it. */
  set(key: unknown, value: unknown, options: unknown): Write<Json> {
    const place = parsePlace(key, options);
    const json = toJson(value);
    if (json === undefined) throw new ArgumentError('The value of a key must have a JSON form');
    const work = () => {
      this.#put(place, json, this.#expiry(place.ttl));
      return json;
    };
    return { isAtomic: true, work };
  }

  /** The value of a key, or null. */
  get(key: unknown, options: unknown): Json {
    return this.#live(parsePlace(key, options))?.value ?? null;
  }

  /** Adds to a number, starting from 0, and returns the sum. */
  add(key: unknown, by: unknown, options: unknown): Write<number> {
    const place = parsePlace(key, options);
    const step = parseStep(by);
    const work = () => {
      const present = this.#live(place);
      const sum = asNumber(present?.value ?? 0) + step;
      const keeps = present !== null && (place.ttl === undefined || this.#switches.incrTtl === 'keeps');
      this.#put(place, sum, keeps ? present.expires : this.#expiry(place.ttl));
      return sum;
    };
    return { isAtomic: true, work };
  }

  /** Removes a key and returns the value it had, or null. */
  remove(key: unknown, options: unknown): Write<Json> {
    const place = parsePlace(key, options);
    const work = () => {
      const present = this.#live(place);
      this.#database.run('DELETE FROM keys WHERE keyspace = ? AND key = ?', [place.space, place.key]);
      return present?.value ?? null;
    };
    return { isAtomic: true, work };
  }

  /** Removes the keys that start with a prefix and returns how many there were. */
  removeAll(prefix: unknown, options: unknown): Write<{ count: number }> {
    const { space, key } = parsePlace(prefix, options);
    const work = () => {
      const end = key + afterAllText;
      const { changes } = this.#database.run(
        `DELETE FROM keys WHERE keyspace = ? AND key >= ? AND key < ? AND (expires IS NULL OR expires > ?)`,
        [space, key, end, this.#now()],
      );
      return { count: changes };
    };
    return { isAtomic: true, work };
  }

  /** The entries whose keys start with a prefix, in the order of their keys, in batches. */
  *entries(prefix: unknown, options: unknown): Generator<KeyEntry[], void> {
    const { space, key } = parsePlace(prefix, options);
    const snapshot = new Snapshot(this.#readers);
    try {
      let [start, sign] = [key, '>='];
      for (;;) {
        const rows = snapshot.database().rows(
          `SELECT CAST(value AS BLOB), sum, expires, key FROM keys WHERE keyspace = ? AND key ${sign} ? AND key < ?
             ORDER BY key LIMIT ?`,
          [space, start, key + afterAllText, batchSize],
        );
        yield rows.flatMap((row) => {
          const stored = readKey(row, space, textAt(row, 3));
          const { value } = stored;
          return this.#isLive(stored) ? [{ key: decodeText(textAt(row, 3)), value, val: value }] : [];
        });
        if (rows.length < batchSize) return;
        [start, sign] = [textAt(rows.at(-1), 3), '>'];
      }
    } finally {
      snapshot.release();
    }
  }

  /** Removes what has expired. */
  removeExpired(): Write<void> {
    const work = () => {
      this.#database.run('DELETE FROM keys WHERE expires <= ?', [this.#now()]);
    };
    return { isAtomic: true, work };
  }

  #live({ space, key }: Place): StoredKey | null {
    const row = this.#database.row(
      'SELECT CAST(value AS BLOB), sum, expires FROM keys WHERE keyspace = ? AND key = ?',
      [space, key],
    );
    const stored = row && readKey(row, space, key);
    return stored && this.#isLive(stored) ? stored : null;
  }

  #put({ space, key }: Place, value: Json, expires: number | null): void {
    const text = JSON.stringify(value);
    this.#database.run(
      'INSERT OR REPLACE INTO keys (keyspace, key, value, sum, expires) VALUES (?, ?, ?, ?, ?)',
      [space, key, text, sumOf(space, key, text), expires],
    );
  }

  #isLive({ expires }: StoredKey): boolean {
    return expires === null || expires > this.#now();
  }

  #expiry(ttl: number | undefined): number | null {
    return ttl === undefined ? null : this.#now() + ttl;
  }
}

/** Compares all keys with their checksums. @throws {DamageError} */
export function checkKeys(database: Sqlite): void {
  for (const row of database.rows('SELECT CAST(value AS BLOB), sum, expires, keyspace, key FROM keys'))
    readKey(row, textAt(row, 3), textAt(row, 4));
}

interface StoredKey {
  readonly value: Json;
  /** Milliseconds since 1970. */
  readonly expires: number | null;
}

/** @param row the value, its checksum, and when it expires */
function readKey(row: Row, space: string, key: string): StoredKey {
  const text = checkedText(row, 0, 1, 'a key', `${space}\0${key}\0`);
  return { value: parseJson(text), expires: typeof row[2] === 'number' ? row[2] : null };
}

function sumOf(space: string, key: string, value: string): number {
  return crc32(`${space}\0${key}\0${value}`);
}

/** Where a key stands: both names as the database holds them. */
interface Place {
  readonly space: string;
  readonly key: string;
  readonly ttl: number | undefined;
}

function parsePlace(key: unknown, options: unknown): Place {
  if (typeof key !== 'string') throw new ArgumentError('A key must be a string');
  const parsed = v.safeParse(keyOptions, options);
  if (!parsed.success)
    throw new ArgumentError('A key takes the options ttl (milliseconds) and keyspace (string)');
  const space = encodeText(parsed.output.keyspace ?? '');
  return { space, key: encodeText(key), ttl: parsed.output.ttl ?? undefined };
}

function parseStep(by: unknown): number {
  const step = by === undefined || by === null ? 1 : Number(by);
  if (!Number.isFinite(step)) throw new ArgumentError('A key can be changed by a number only');
  return Math.trunc(step);
}

function asNumber(value: Json): number {
  const number = typeof value === 'string' ? Number.parseInt(value, 10) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return Math.trunc(number);
  throw new ArgumentError('The key holds no number');
}
