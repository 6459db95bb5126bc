import * as v from 'valibot';
import type { Json, KeyEntry } from '../connection';
import { textAt } from '../datastore/database';
import { ArgumentError } from '../datastore/errors';
import { toJson } from '../datastore/json';
import { type KeyRecord, keyId, keyNames, keyRecord, readKeyRecord } from '../datastore/plain-tables';
import { type Readers, Snapshot } from '../datastore/readers';
import type { Recent } from '../datastore/recent';
import type { Records } from '../datastore/records';
import { afterAllText, decodeText, encodeText } from '../datastore/text';
import type { Write } from '../datastore/writes';
import type { Quirks } from '../quirks';

interface KeysParts {
  readonly readers: Readers;
  readonly recent: Recent;
  readonly records: Pick<Records, 'read'>;
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

const table = 'keys';
const batchSize = 256;

/**
 * The key-value store. A key lives in a keyspace (default: the empty one) and may expire: an expired key
 * is as good as absent, its row is removed later.
 */
export class Keys {
  readonly #readers: Readers;
  readonly #recent: Recent;
  readonly #records: Pick<Records, 'read'>;
  readonly #quirks: Quirks;
  readonly #now: () => number;

  constructor({ readers, recent, records, quirks, now }: KeysParts) {
    this.#readers = readers;
    this.#recent = recent;
    this.#records = records;
    this.#quirks = quirks;
    this.#now = now;
  }

  /** Stores a value, with the given TTL or none, and returns it. */
  set(key: unknown, value: unknown, options: unknown): Write<Json> {
    const place = parsePlace(key, options);
    const json = toJson(value);
    if (json === undefined) throw new ArgumentError('The value of a key must have a JSON form');
    return (records) => {
      put(records, place, { value: json, expires: this.#expiry(place.ttl) });
      return json;
    };
  }

  /** The value of a key, or null. */
  get(key: unknown, options: unknown): Json {
    return this.#live(this.#records, parsePlace(key, options))?.value ?? null;
  }

  /** Adds to a number, starting from 0, and returns the sum. */
  add(key: unknown, by: unknown, options: unknown): Write<number> {
    const place = parsePlace(key, options);
    const step = parseStep(by);
    return (records) => {
      const present = this.#live(records, place);
      const sum = asNumber(present?.value ?? 0) + step;
      const keeps = present !== null && (place.ttl === undefined || this.#quirks.incrTtl === 'keeps');
      put(records, place, { value: sum, expires: keeps ? present.expires : this.#expiry(place.ttl) });
      return sum;
    };
  }

  /** Removes a key and returns the value it had, or null. */
  remove(key: unknown, options: unknown): Write<Json> {
    const place = parsePlace(key, options);
    return (records) => {
      const present = this.#live(records, place);
      records.write(table, place.id, null, true);
      return present?.value ?? null;
    };
  }

  /** Removes the keys that start with a prefix and returns how many there were. */
  removeAll(prefix: unknown, options: unknown): Write<{ count: number }> {
    const place = parsePlace(prefix, options);
    return (records) => {
      let count = 0;
      for (const batch of this.#liveBatches(place)) {
        for (const { id } of batch) records.write(table, id, null, true);
        count += batch.length;
      }
      return { count };
    };
  }

  /** The entries whose keys start with a prefix, in the order of their keys, in batches. */
  *entries(prefix: unknown, options: unknown): Generator<KeyEntry[], void> {
    for (const batch of this.#liveBatches(parsePlace(prefix, options))) {
      yield batch.map(({ id, value }) => ({ key: decodeText(keyNames(id)[1]), value, val: value }));
    }
  }

  /** What is stored under a prefix and has not expired: in the database, and lately. */
  *#liveBatches({ space, encoded, id: prefix }: Place): Generator<LiveKey[], void> {
    const recent = new Map([...this.#recent.all(table)].filter(([id]) => id.startsWith(prefix)));
    const added = [...recent]
      .flatMap(([id, { text }]) => this.#alive(id, text) ?? [])
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const snapshot = new Snapshot(this.#readers);
    try {
      let start = encoded;
      let sign = '>=';
      for (;;) {
        const rows = snapshot.database().rows(
          `SELECT key, value, expires FROM keys WHERE keyspace = ? AND key ${sign} ? AND key < ?
             ORDER BY key LIMIT ?`,
          [space, start, encoded + afterAllText, batchSize],
        );
        const stored = rows.flatMap((row): LiveKey[] => {
          const id = keyId(space, textAt(row, 0));
          const { value, expires } = readKeyRecord(textAt(row, 1), row[2]);
          return recent.has(id) || !this.#isLive(expires) ? [] : [{ id, value }];
        });
        const isOver = rows.length < batchSize;
        start = textAt(rows.at(-1) ?? [start], 0);
        sign = '>';
        const end = keyId(space, start);
        const until = isOver ? added.length : added.findIndex(({ id }) => id > end);
        const between = added.splice(0, until < 0 ? added.length : until);
        yield [...stored, ...between].sort((a, b) => (a.id < b.id ? -1 : 1));
        if (isOver) return;
      }
    } finally {
      snapshot.release();
    }
  }

  #live(records: Pick<Records, 'read'>, { id }: Place): KeyRecord | null {
    const text = records.read(table, id);
    if (text === null) return null;
    const record = v.parse(keyRecord, JSON.parse(text));
    return this.#isLive(record.expires) ? record : null;
  }

  #alive(id: string, text: string | null): LiveKey | null {
    if (text === null) return null;
    const { value, expires } = v.parse(keyRecord, JSON.parse(text));
    return this.#isLive(expires) ? { id, value } : null;
  }

  #isLive(expires: number | null): boolean {
    return expires === null || expires > this.#now();
  }

  #expiry(ttl: number | undefined): number | null {
    return ttl === undefined ? null : this.#now() + ttl;
  }
}

interface LiveKey {
  readonly id: string;
  readonly value: Json;
}

interface Place {
  readonly id: string;
  readonly encoded: string;
  readonly space: string;
  readonly ttl: number | undefined;
}

function put(records: Records, { id }: Place, record: KeyRecord): void {
  records.write(table, id, JSON.stringify(record), true);
}

function parsePlace(key: unknown, options: unknown): Place {
  if (typeof key !== 'string') throw new ArgumentError('A key must be a string');
  const parsed = v.safeParse(keyOptions, options);
  if (!parsed.success)
    throw new ArgumentError('A key takes the options ttl (milliseconds) and keyspace (string)');
  const encoded = encodeText(key);
  const space = encodeText(parsed.output.keyspace ?? '');
  return { id: keyId(space, encoded), encoded, space, ttl: parsed.output.ttl ?? undefined };
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
