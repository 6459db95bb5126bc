import { EventEmitter } from 'node:events';
import type { Json } from '../connection';
import { type Database, numberAt, textAt } from '../datastore/database';
import type { Documents } from '../datastore/documents';
import { ArgumentError } from '../datastore/errors';
import { newId } from '../datastore/ids';
import { parseJson, toJson } from '../datastore/json';

/** What `enqueue` resolves and a worker finds in `req.body`. */
export interface QueuedJob {
  topic: string;
  jobId: string;
  _id: string;
  payload: Json;
}

/** A job that waits, with what the dispatcher needs to run and to settle it. */
export interface WaitingJob extends QueuedJob {
  /** How often it has been started and failed before. */
  readonly attempts: number;
  /** Its place in the queue. */
  readonly number: number;
}

/** A job that failed too often, kept for inspection. */
export interface FailedJob extends QueuedJob {
  readonly attempts: number;
  readonly error: string;
  /** Milliseconds since 1970. */
  readonly failedAt: number;
}

interface QueueParts {
  readonly database: Database;
  readonly documents: Documents;
  readonly now: () => number;
}

/**
 * The jobs of all topics, on disk. A job stays until it is finished, so that whatever kills the process
 * leaves it in place. `ready` jobs have no due time; delayed ones get ready by `wakeDelayed`.
 */
export class JobQueue extends EventEmitter<{ enqueued: [] }> {
  readonly #database: Database;
  readonly #documents: Documents;
  readonly #now: () => number;

  constructor({ database, documents, now }: QueueParts) {
    super();
    this.#database = database;
    this.#documents = documents;
    this.#now = now;
    database.execute(`
      CREATE TABLE IF NOT EXISTS jobs (
        number INTEGER PRIMARY KEY, topic TEXT NOT NULL, due REAL, job TEXT NOT NULL, id TEXT NOT NULL,
        payload TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
      );
      CREATE INDEX IF NOT EXISTS jobs_ready ON jobs (topic, number) WHERE due IS NULL;
      CREATE INDEX IF NOT EXISTS jobs_delayed ON jobs (due) WHERE due IS NOT NULL;
      CREATE TABLE IF NOT EXISTS failed_jobs (
        number INTEGER PRIMARY KEY, topic TEXT NOT NULL, job TEXT NOT NULL, id TEXT NOT NULL,
        payload TEXT NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL, failed_at REAL NOT NULL
      );
    `);
  }

  /** Adds a job that is ready at once. */
  enqueue(topic: unknown, payload: unknown): QueuedJob {
    const id = newId();
    const job = { topic: parseTopic(topic), jobId: id, _id: id, payload: toJson(payload) ?? null };
    this.#database.transaction(() => this.#insert(job, null));
    this.emit('enqueued');
    return job;
  }

  /** Adds a job that is ready from a date on. */
  runAt(date: unknown, payload: unknown, worker: unknown): QueuedJob & { date: string } {
    const due = new Date(date instanceof Date || typeof date === 'number' ? date : String(date));
    if (Number.isNaN(due.getTime())) throw new ArgumentError('runAt needs a date');
    const id = newId();
    const job = { topic: parseTopic(worker), jobId: id, _id: id, payload: toJson(payload) ?? null };
    this.#database.transaction(() => this.#insert(job, due.getTime()));
    this.emit('enqueued');
    return { ...job, date: due.toISOString() };
  }

  /** Adds one job per matching document: the document is its payload and lends it its `_id`. */
  enqueueFromQuery(
    collection: unknown,
    query: unknown,
    topic: unknown,
    options: unknown,
  ): { JobId: string; jobId: string; count: number } {
    const jobId = newId();
    const name = parseTopic(topic);
    const count = this.#database.transaction(() =>
      this.#documents.visitAll(collection, query, options, (document) =>
        this.#insert({ topic: name, jobId, _id: document._id, payload: document }, null),
      ),
    );
    this.emit('enqueued');
    return { JobId: jobId, jobId, count };
  }

  /** How many jobs are not finished: waiting, delayed or running. Failed ones do not count. */
  pending(topic?: string): number {
    const rows =
      topic === undefined
        ? this.#database.rows('SELECT count(*) FROM jobs')
        : this.#database.rows('SELECT count(*) FROM jobs WHERE topic = ?', [topic]);
    return numberAt(rows[0], 0);
  }

  /** The jobs that failed too often, the latest first. */
  failed(limit = 100): FailedJob[] {
    return this.#database
      .rows(
        'SELECT topic, job, id, payload, attempts, error, failed_at FROM failed_jobs ORDER BY number DESC LIMIT ?',
        [limit],
      )
      .map((row) => ({
        topic: textAt(row, 0),
        jobId: textAt(row, 1),
        _id: String(parseJson(textAt(row, 2))),
        payload: parseJson(textAt(row, 3)),
        attempts: numberAt(row, 4),
        error: textAt(row, 5),
        failedAt: numberAt(row, 6),
      }));
  }

  /** The first ready jobs of a topic, in the order in which they were enqueued. */
  ready(topic: string, limit: number): WaitingJob[] {
    return this.#database
      .rows(
        `SELECT number, job, id, payload, attempts FROM jobs
         WHERE topic = ? AND due IS NULL ORDER BY number LIMIT ?`,
        [topic, limit],
      )
      .map((row) => ({
        topic,
        number: numberAt(row, 0),
        jobId: textAt(row, 1),
        _id: String(parseJson(textAt(row, 2))),
        payload: parseJson(textAt(row, 3)),
        attempts: numberAt(row, 4),
      }));
  }

  /** Makes the delayed jobs ready whose time has come. Returns whether there were any. */
  wakeDelayed(): boolean {
    const now = this.#now();
    if (this.#database.rows('SELECT 1 FROM jobs WHERE due <= ? LIMIT 1', [now]).length === 0) return false;
    return this.#database.transaction(
      () => this.#database.run('UPDATE jobs SET due = NULL WHERE due <= ?', [now]).changes > 0,
    );
  }

  /** Removes finished jobs. */
  finish(jobs: readonly WaitingJob[]): void {
    this.#database.transaction(() => {
      for (const job of jobs) this.#delete(job);
    });
  }

  /** Removes every job that waits. */
  clear(): void {
    this.#database.run('DELETE FROM jobs');
  }

  /** Puts a failed job back, to be ready after a delay. */
  retryLater({ number, jobId }: WaitingJob, delay: number): void {
    this.#database.transaction(() => {
      this.#database.run('UPDATE jobs SET attempts = attempts + 1, due = ? WHERE number = ? AND job = ?', [
        this.#now() + delay,
        number,
        jobId,
      ]);
    });
  }

  /** Moves a job among the failed ones. */
  giveUp(job: WaitingJob, error: string): void {
    this.#database.transaction(() => {
      this.#database.run(
        `INSERT INTO failed_jobs (topic, job, id, payload, attempts, error, failed_at)
         SELECT topic, job, id, payload, attempts + 1, ?, ? FROM jobs WHERE number = ? AND job = ?`,
        [error, this.#now(), job.number, job.jobId],
      );
      this.#delete(job);
    });
  }

  /** A number that changes when another process has written to the storage. */
  foreignChanges(): number {
    return numberAt(this.#database.rows('PRAGMA data_version')[0], 0);
  }

  #insert({ topic, jobId, _id, payload }: QueuedJob, due: number | null): void {
    this.#database.run('INSERT INTO jobs (topic, due, job, id, payload) VALUES (?, ?, ?, ?, ?)', [
      topic,
      due,
      jobId,
      JSON.stringify(_id),
      JSON.stringify(payload),
    ]);
  }

  #delete({ number, jobId }: WaitingJob): void {
    this.#database.run('DELETE FROM jobs WHERE number = ? AND job = ?', [number, jobId]);
  }
}

function parseTopic(topic: unknown): string {
  if (typeof topic === 'string' && topic !== '') return topic;
  throw new ArgumentError('A topic must be a string');
}
