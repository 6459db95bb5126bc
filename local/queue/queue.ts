import { EventEmitter } from 'node:events';
import { ArgumentError } from '../database/errors';
import { newId } from '../database/ids';
import { toJson } from '../database/json';
import { numberAt, type Sqlite } from '../database/sqlite';
import type { Transactions } from '../database/transactions';
import type { Documents } from '../datastore/documents';
import { type FailedJob, jobCells, type QueuedJob, readFailedJob, readJob, type WaitingJob } from './jobs';

interface QueueParts {
  readonly database: Sqlite;
  /** Sees only what is committed: nobody may start a job that a failed commit takes back. */
  readonly committed: () => Sqlite;
  readonly documents: Documents;
  readonly transactions: Transactions;
  readonly now: () => number;
}

/** The jobs of all topics. A job stays until it is finished: what kills the process leaves it in place. */
export class JobQueue extends EventEmitter<{ enqueued: [] }> {
  readonly #database: Sqlite;
  readonly #committed: () => Sqlite;
  readonly #documents: Documents;
  readonly #transactions: Transactions;
  readonly #now: () => number;
  /** A number is used once, also while the job that had it is only just finished. */
  #nextNumber: number;

  constructor({ database, committed, documents, transactions, now }: QueueParts) {
    super();
    this.#database = database;
    this.#committed = committed;
    this.#documents = documents;
    this.#transactions = transactions;
    this.#now = now;
    const last = (table: string) =>
      numberAt(database.row(`SELECT coalesce(max(number), 0) FROM ${table}`), 0);
    this.#nextNumber = Math.max(last('jobs'), last('failed_jobs')) + 1;
  }

  /** Adds a job that is ready at once. */
  async enqueue(topic: unknown, payload: unknown): Promise<QueuedJob> {
    return this.#add(newJob(topic, payload), null);
  }

  /** Adds a job that is ready from a date on. */
  async runAt(date: unknown, payload: unknown, worker: unknown): Promise<QueuedJob & { date: string }> {
    const due = new Date(date instanceof Date || typeof date === 'number' ? date : String(date));
    if (Number.isNaN(due.getTime())) throw new ArgumentError('runAt needs a date');
    const job = await this.#add(newJob(worker, payload), due.getTime());
    return { ...job, date: due.toISOString() };
  }

  /** Adds one job per matching document: the document is its payload and lends it its `_id`. */
  async enqueueFromQuery(
    collection: unknown,
    query: unknown,
    topic: unknown,
    options: unknown,
  ): Promise<{ JobId: string; jobId: string; count: number }> {
    const jobId = newId();
    const name = parseTopic(topic);
    const work = () =>
      this.#documents.visitAll(collection, query, options, (document) =>
        this.#put({ topic: name, jobId, _id: document._id, payload: document }, null),
      );
    const count = await this.#transactions.write({ isAtomic: false, work });
    this.emit('enqueued');
    return { JobId: jobId, jobId, count };
  }

  /** How many jobs are not finished: waiting, delayed or running. Failed ones do not count. */
  pending(topic?: string): number {
    const [where, parameters] = topic === undefined ? ['', []] : ['WHERE topic = ?', [topic]];
    return numberAt(this.#committed().row(`SELECT count(*) FROM jobs ${where}`, parameters), 0);
  }

  /** The jobs that failed too often, the latest first. */
  failed(limit = 100): FailedJob[] {
    return this.#committed()
      .rows('SELECT CAST(job AS BLOB), sum FROM failed_jobs ORDER BY number DESC LIMIT ?', [limit])
      .map(readFailedJob);
  }

  /** The first ready jobs of a topic, in the order in which they were enqueued. */
  ready(topic: string, limit: number): WaitingJob[] {
    return this.#committed()
      .rows(
        `SELECT CAST(job AS BLOB), sum, attempts, number FROM jobs WHERE topic = ? AND due IS NULL ORDER BY number LIMIT ?`,
        [topic, limit],
      )
      .map(readJob);
  }

  /** Makes the delayed jobs ready whose time has come, and says so by an event. */
  async wakeDelayed(): Promise<void> {
    const now = this.#now();
    const first = this.#committed().row('SELECT number FROM jobs WHERE due <= ? LIMIT 1', [now]);
    if (first === undefined) return;
    const work = () => {
      this.#database.run('UPDATE jobs SET due = NULL WHERE due <= ?', [now]);
    };
    await this.#transactions.write({ isAtomic: true, work });
    this.emit('enqueued');
  }

  /** Removes finished jobs. */
  finish(jobs: readonly WaitingJob[]): Promise<void> {
    const work = () => {
      for (const { number } of jobs) this.#remove(number);
    };
    return this.#transactions.write({ isAtomic: jobs.length === 1, work });
  }

  /** Removes every job that waits. */
  async clear(): Promise<void> {
    const work = () => this.#database.run('DELETE FROM jobs');
    await this.#transactions.write({ isAtomic: true, work });
  }

  /** Puts a failed job back, to be ready after a delay in milliseconds. */
  async retryLater(job: WaitingJob, delayMs: number): Promise<void> {
    const due = this.#now() + delayMs;
    const work = () =>
      this.#database.run('UPDATE jobs SET attempts = attempts + 1, due = ? WHERE number = ?', [
        due,
        job.number,
      ]);
    await this.#transactions.write({ isAtomic: true, work });
  }

  /** Moves a job among the failed ones. */
  giveUp(job: WaitingJob, error: string): Promise<void> {
    const { topic, jobId, _id, payload, attempts, number } = job;
    const failed = { topic, jobId, _id, payload, attempts: attempts + 1, error, failedAt: this.#now() };
    const work = () => {
      this.#remove(number);
      this.#database.run('INSERT INTO failed_jobs (number, job, sum) VALUES (?, ?, ?)', [
        number,
        ...jobCells(failed),
      ]);
    };
    return this.#transactions.write({ isAtomic: false, work });
  }

  async #add(job: QueuedJob, due: number | null): Promise<QueuedJob> {
    await this.#transactions.write({ isAtomic: true, work: () => this.#put(job, due) });
    this.emit('enqueued');
    return job;
  }

  #put(job: QueuedJob, due: number | null): void {
    this.#database.run(
      'INSERT INTO jobs (number, topic, due, attempts, job, sum) VALUES (?, ?, ?, 0, ?, ?)',
      [this.#nextNumber, job.topic, due, ...jobCells(job)],
    );
    this.#nextNumber += 1;
  }

  #remove(number: number): void {
    this.#database.run('DELETE FROM jobs WHERE number = ?', [number]);
  }
}

function newJob(topic: unknown, payload: unknown): QueuedJob {
  const id = newId();
  return { topic: parseTopic(topic), jobId: id, _id: id, payload: toJson(payload) ?? null };
}

function parseTopic(topic: unknown): string {
  if (typeof topic === 'string' && topic !== '') return topic;
  throw new ArgumentError('A topic must be a string');
}
