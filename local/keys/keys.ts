import * as v from 'valibot';
import type { Json, KeyEntry } from '../connection';
import { cellAt, type Database, numberAt, textAt } from '../datastore/database';
import { ArgumentError } from '../datastore/errors';
import { parseJson, toJson } from '../datastore/json';
import { type Readers, Snapshot } from '../datastore/readers';
import { BatchStream } from '../datastore/stream';
import { afterAllText, decodeText, encodeText } from '../datastore/text';
import type { Quirks } from '../quirks';

interface KeysParts {
  readonly database: Database;
  readonly readers: Readers;
  readonly quirks: Quirks;
  readonly now: () => number;
}

const keyOptions = v.nullish(
  v.looseObject({
    ttl: v.nullish(v.pipe(v.number(), v.finite())),
    keyspace: v.nullish(v.string()),
  }),
  {},
);

const batchSize = 256;
const writesBetweenSweeps = 512;
const sweptAtOnce = 2000;

/**
 * The key-value store. A key lives in a keyspace (default: the empty one) and may expire: an expired key
 * is as good as absent, its row is removed by a later write.
 */
export class Keys {
  readonly #database: Database;
  readonly #readers: Readers;
  readonly #quirks: Quirks;
  readonly #now: () => number;
  #writes = 0;

  constructor({ database, readers, quirks, now }: KeysParts) {
    this.#database = database;
    this.#readers = readers;
    this.#quirks = quirks;
    this.#now = now;
    database.execute(`
      CREATE TABLE IF NOT EXISTS keys (
        keyspace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, expires REAL,
        PRIMARY KEY (keyspace, key)
      ) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS keys_by_expiry ON keys (expires) WHERE expires IS NOT NULL;
    `);
  }

  /** Stores a value, with the given TTL or none, and returns it. */
  set(key: unknown, value: unknown, options: unknown): Json {
    const place = parsePlace(key, options);
    const json = toJson(value);
    if (json === undefined) throw new ArgumentError('The value of a key must have a JSON form');
    this.#write(() => this.#put(place, json, this.#expiry(place.ttl)));
    return json;
  }

  /** The value of a key, or null. */
  get(key: unknown, options: unknown): Json {
    return this.#live(parsePlace(key, options))?.value ?? null;
  }

  /** Adds to a number, starting from 0, and returns the sum. Atomic across processes. */
  add(key: unknown, by: unknown, options: unknown): number {
    const place = parsePlace(key, options);
    const step = parseStep(by);
    return this.#write(() => {
      const present = this.#live(place);
      const sum = asNumber(present?.value ?? 0) + step;
      const keeps = present !== undefined && (place.ttl === undefined || this.#quirks.incrTtl === 'keeps');
      this.#put(place, sum, keeps ? present.expires : this.#expiry(place.ttl));
      return sum;
    });
  }

  /** Removes a key and returns the value it had, or null. */
  remove(key: unknown, options: unknown): Json {
    const place = parsePlace(key, options);
    return this.#write(() => {
      const present = this.#live(place);
      this.#database.run('DELETE FROM keys WHERE keyspace = ? AND key = ?', [place.space, place.encoded]);
      return present?.value ?? null;
    });
  }

  /** Removes the keys that start with a prefix and returns how many there were. */
  removeAll(prefix: unknown, options: unknown): { count: number } {
    const { space, encoded } = parsePlace(prefix, options);
    return this.#write(() => {
      const range = [space, encoded, encoded + afterAllText];
      const where = 'keyspace = ? AND key >= ? AND key < ?';
      const live = this.#database.rows(
        `SELECT count(*) FROM keys WHERE ${where} AND (expires IS NULL OR expires > ?)`,
        [...range, this.#now()],
      );
      this.#database.run(`DELETE FROM keys WHERE ${where}`, range);
      return { count: numberAt(live[0], 0) };
    });
  }

  /** The entries whose keys start with a prefix, in the order of their keys. */
  stream(prefix: unknown, options: unknown): BatchStream<KeyEntry> {
    return new BatchStream(() => this.#entries(parsePlace(prefix, options)));
  }

  *#entries({ space, encoded }: Place): Generator<KeyEntry[], void> {
    const snapshot = new Snapshot(this.#readers);
    try {
      let start = encoded;
      let sign = '>=';
      for (;;) {
        const rows = snapshot.database().rows(
          `SELECT key, value FROM keys WHERE keyspace = ? AND key ${sign} ? AND key < ?
             AND (expires IS NULL OR expires > ?) ORDER BY key LIMIT ?`,
          [space, start, encoded + afterAllText, this.#now(), batchSize],
        );
        yield rows.map((row) => {
          const value = parseJson(textAt(row, 1));
          return { key: decodeText(textAt(row, 0)), value, val: value };
        });
        if (rows.length < batchSize) return;
        start = textAt(rows.at(-1), 0);
        sign = '>';
      }
    } finally {
      snapshot.release();
    }
  }

  #live({ space, encoded }: Place): { value: Json; expires: number | null } | undefined {
    const row = this.#database.rows(
      'SELECT value, expires FROM keys WHERE keyspace = ? AND key = ? AND (expires IS NULL OR expires > ?)',
      [space, encoded, this.#now()],
    )[0];
    if (!row) return undefined;
    const expires = cellAt(row, 1);
    return { value: parseJson(textAt(row, 0)), expires: typeof expires === 'number' ? expires : null };
  }

  #put({ space, encoded }: Place, value: Json, expires: number | null): void {
    this.#database.run('INSERT OR REPLACE INTO keys (keyspace, key, value, expires) VALUES (?, ?, ?, ?)', [
      space,
      encoded,
      JSON.stringify(value),
      expires,
    ]);
  }

  #expiry(ttl: number | undefined): number | null {
    return ttl === undefined ? null : this.#now() + ttl;
  }

  #write<T>(work: () => T): T {
    return this.#database.transaction(() => {
      this.#writes += 1;
      if (this.#writes % writesBetweenSweeps === 0) this.#sweep();
      return work();
    });
  }

  #sweep(): void {
    this.#database.run(
      `DELETE FROM keys WHERE (keyspace, key) IN
        (SELECT keyspace, key FROM keys WHERE expires IS NOT NULL AND expires <= ? LIMIT ?)`,
      [this.#now(), sweptAtOnce],
    );
  }
}

interface Place {
  readonly encoded: string;
  readonly space: string;
  readonly ttl: number | undefined;
}

function parsePlace(key: unknown, options: unknown): Place {
  if (typeof key !== 'string') throw new ArgumentError('A key must be a string');
  const parsed = v.safeParse(keyOptions, options);
  if (!parsed.success)
    throw new ArgumentError('A key takes the options ttl (milliseconds) and keyspace (string)');
  return {
    encoded: encodeText(key),
    space: encodeText(parsed.output.keyspace ?? ''),
    ttl: parsed.output.ttl ?? undefined,
  };
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
