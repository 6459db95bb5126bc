import * as v from 'valibot';
import type { Json } from '../connection';
import { cellAt, type Database, numberAt, type Row, textAt } from './database';
import { parseJson, toJson } from './json';

/** A table of the database whose records are no documents. */
interface PlainTable {
  readonly schema: string;
  read(database: Database, id: string): string | null;
  put(database: Database, id: string, text: string): void;
  remove(database: Database, id: string): void;
}

const json = v.custom<Json>((value) => toJson(value) !== undefined);

/** A key: its value, and when it expires in milliseconds since 1970. */
export const keyRecord = v.object({ value: json, expires: v.nullable(v.number()) });
export type KeyRecord = v.InferOutput<typeof keyRecord>;

/** A job that waits. */
const jobRecord = v.object({
  topic: v.string(),
  jobId: v.string(),
  _id: v.string(),
  payload: json,
  attempts: v.number(),
  /** When it is ready, in milliseconds since 1970; null: it is. */
  due: v.nullable(v.number()),
});
export type JobRecord = v.InferOutput<typeof jobRecord>;

/** A job that failed too often. */
const failedJobRecord = v.object({
  ...v.omit(jobRecord, ['due']).entries,
  error: v.string(),
  /** Milliseconds since 1970. */
  failedAt: v.number(),
});
export type FailedJobRecord = v.InferOutput<typeof failedJobRecord>;

/** @throws ValiError when a text is not one of a waiting job */
export function parseJob(text: string): JobRecord {
  return v.parse(jobRecord, JSON.parse(text));
}

/** @throws ValiError when a text is not one of a failed job */
export function parseFailedJob(text: string): FailedJobRecord {
  return v.parse(failedJobRecord, JSON.parse(text));
}

/** The id of a key's record. Encoded names hold no NUL. */
export function keyId(keyspace: string, key: string): string {
  return `${keyspace}\0${key}`;
}

/** The names that a key's record stands under. */
export function keyNames(id: string): [keyspace: string, key: string] {
  const end = id.indexOf('\0');
  return [id.slice(0, end), id.slice(end + 1)];
}

export function readKeyRecord(value: string, expires: unknown): KeyRecord {
  return { value: parseJson(value), expires: typeof expires === 'number' ? expires : null };
}

const keys: PlainTable = {
  schema: `
    CREATE TABLE IF NOT EXISTS keys (
      keyspace TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, expires REAL, PRIMARY KEY (keyspace, key)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS keys_by_expiry ON keys (expires) WHERE expires IS NOT NULL;`,
  read(database, id) {
    const row = database.row('SELECT value, expires FROM keys WHERE keyspace = ? AND key = ?', keyNames(id));
    return row === undefined ? null : JSON.stringify(readKeyRecord(textAt(row, 0), row[1]));
  },
  put(database, id, text) {
    const { value, expires } = v.parse(keyRecord, JSON.parse(text));
    database.run('INSERT OR REPLACE INTO keys (keyspace, key, value, expires) VALUES (?, ?, ?, ?)', [
      ...keyNames(id),
      JSON.stringify(value),
      expires,
    ]);
  },
  remove(database, id) {
    database.run('DELETE FROM keys WHERE keyspace = ? AND key = ?', keyNames(id));
  },
};

const expiredAtOnce = 2000;

/** Removes keys that have expired: nobody finds them any more. */
export function removeExpiredKeys(database: Database, now: number): void {
  database.run(
    `DELETE FROM keys WHERE (keyspace, key) IN
      (SELECT keyspace, key FROM keys WHERE expires IS NOT NULL AND expires <= ? LIMIT ?)`,
    [now, expiredAtOnce],
  );
}

/** The columns of a job, for {@link readJob}. */
export const jobColumns = 'number, topic, job, id, payload, attempts, due';

/** A job and its number, from a row of {@link jobColumns}. */
export function readJob(row: Row): { number: number; job: JobRecord } {
  const due = cellAt(row, 6);
  return {
    number: numberAt(row, 0),
    job: {
      topic: textAt(row, 1),
      jobId: textAt(row, 2),
      _id: String(parseJson(textAt(row, 3))),
      payload: parseJson(textAt(row, 4)),
      attempts: numberAt(row, 5),
      due: typeof due === 'number' ? due : null,
    },
  };
}

/** The columns of a failed job, for {@link readFailedJob}. */
export const failedJobColumns = 'number, topic, job, id, payload, attempts, error, failed_at';

/** A failed job and its number, from a row of {@link failedJobColumns}. */
export function readFailedJob(row: Row): { number: number; job: FailedJobRecord } {
  return {
    number: numberAt(row, 0),
    job: {
      topic: textAt(row, 1),
      jobId: textAt(row, 2),
      _id: String(parseJson(textAt(row, 3))),
      payload: parseJson(textAt(row, 4)),
      attempts: numberAt(row, 5),
      error: textAt(row, 6),
      failedAt: numberAt(row, 7),
    },
  };
}

const jobs: PlainTable = {
  schema: `
    CREATE TABLE IF NOT EXISTS jobs (
      number INTEGER PRIMARY KEY, topic TEXT NOT NULL, due REAL, job TEXT NOT NULL, id TEXT NOT NULL,
      payload TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX IF NOT EXISTS jobs_ready ON jobs (topic, number) WHERE due IS NULL;
    CREATE INDEX IF NOT EXISTS jobs_delayed ON jobs (due) WHERE due IS NOT NULL;`,
  read(database, id) {
    const row = database.row(`SELECT ${jobColumns} FROM jobs WHERE number = ?`, [Number(id)]);
    return row === undefined ? null : JSON.stringify(readJob(row).job);
  },
  put(database, id, text) {
    const { topic, due, jobId, _id, payload, attempts } = parseJob(text);
    database.run(
      'INSERT OR REPLACE INTO jobs (number, topic, due, job, id, payload, attempts) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [Number(id), topic, due, jobId, JSON.stringify(_id), JSON.stringify(payload), attempts],
    );
  },
  remove(database, id) {
    database.run('DELETE FROM jobs WHERE number = ?', [Number(id)]);
  },
};

/** Jobs that failed too often. Nobody reads them by their number. */
const failedJobs: PlainTable = {
  schema: `
    CREATE TABLE IF NOT EXISTS failed_jobs (
      number INTEGER PRIMARY KEY, topic TEXT NOT NULL, job TEXT NOT NULL, id TEXT NOT NULL,
      payload TEXT NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL, failed_at REAL NOT NULL
    );`,
  read: () => null,
  put(database, id, text) {
    const { topic, jobId, _id, payload, attempts, error, failedAt } = parseFailedJob(text);
    database.run(
      `INSERT OR REPLACE INTO failed_jobs (number, topic, job, id, payload, attempts, error, failed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [Number(id), topic, jobId, JSON.stringify(_id), JSON.stringify(payload), attempts, error, failedAt],
    );
  },
  remove(database, id) {
    database.run('DELETE FROM failed_jobs WHERE number = ?', [Number(id)]);
  },
};

export const plainTables: Readonly<Record<string, PlainTable>> = { keys, jobs, failed_jobs: failedJobs };
