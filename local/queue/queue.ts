import { EventEmitter } from 'node:events';
import type { Json } from '../connection';
import { type Database, numberAt, textAt } from '../datastore/database';
import type { Documents } from '../datastore/documents';
import { ArgumentError } from '../datastore/errors';
import { newId } from '../datastore/ids';
import { toJson } from '../datastore/json';
import {
  failedJobColumns,
  type JobRecord,
  jobColumns,
  parseFailedJob,
  parseJob,
  readFailedJob,
  readJob,
} from '../datastore/plain-tables';
import type { Recent } from '../datastore/recent';
import type { Records } from '../datastore/records';
import type { Writes } from '../datastore/writes';
import { ReadyJobs, type SizedJob } from './ready-jobs';

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
  readonly recent: Recent;
  readonly writes: Writes;
  readonly now: () => number;
}

const table = 'jobs';
const failedTable = 'failed_jobs';
/** Jobs that are read at once when those in memory run out. */
const fillBatch = 500;

/**
 * The jobs of all topics. A job stays until it is finished, so that whatever kills the process leaves it in place.
 * Those that may start are in memory, too, if they are not too many: most come and go before anybody else asks.
 */
export class JobQueue extends EventEmitter<{ enqueued: [] }> {
  readonly #database: Database;
  readonly #documents: Documents;
  readonly #recent: Recent;
  readonly #writes: Writes;
  readonly #now: () => number;
  readonly #ready = new Map<string, ReadyJobs>();
  /** Jobs that have to wait for their time, by number. */
  readonly #delayed = new Map<number, { readonly job: WaitingJob; readonly due: number }>();
  /** How many jobs of each topic are not finished. */
  readonly #counts = new Map<string, number>();
  #nextNumber: number;
  /** How often the queue was cleared. */
  #clearings = 0;

  constructor({ database, documents, recent, writes, now }: QueueParts) {
    super();
    this.#database = database;
    this.#documents = documents;
    this.#recent = recent;
    this.#writes = writes;
    this.#now = now;
    const last = (name: string) => numberAt(database.row(`SELECT coalesce(max(number), 0) FROM ${name}`), 0);
    this.#nextNumber = Math.max(last(table), last(failedTable)) + 1;
    for (const row of database.rows('SELECT topic, count(*) FROM jobs GROUP BY topic')) {
      this.#counts.set(textAt(row, 0), numberAt(row, 1));
      this.#ready.set(textAt(row, 0), new ReadyJobs(0));
    }
    for (const row of database.rows(`SELECT ${jobColumns} FROM jobs WHERE due IS NOT NULL`)) {
      const { number, job } = readJob(row);
      this.#delayed.set(number, { job: waitingJob(number, job), due: job.due ?? 0 });
    }
  }

  /** Adds a job that is ready at once. */
  async enqueue(topic: unknown, payload: unknown): Promise<QueuedJob> {
    const id = newId();
    const job = { topic: parseTopic(topic), jobId: id, _id: id, payload: toJson(payload) ?? null };
    await this.#add(job, null);
    return job;
  }

  /** Adds a job that is ready from a date on. */
  async runAt(date: unknown, payload: unknown, worker: unknown): Promise<QueuedJob & { date: string }> {
    const due = new Date(date instanceof Date || typeof date === 'number' ? date : String(date));
    if (Number.isNaN(due.getTime())) throw new ArgumentError('runAt needs a date');
    const id = newId();
    const job = { topic: parseTopic(worker), jobId: id, _id: id, payload: toJson(payload) ?? null };
    await this.#add(job, due.getTime());
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
    const first = this.#nextNumber;
    const count = await this.#writes.make((records) => {
      // A write that is begun a second time takes its numbers anew.
      return this.#documents.visitAll(collection, query, options, (document) => {
        const job = { topic: name, jobId, _id: document._id, payload: document, attempts: 0, due: null };
        put(records, this.#takeNumber(), job, false);
      });
    });
    this.#count(name, count);
    this.#readyOf(name).leaveBehind(first - 1);
    this.emit('enqueued');
    return { JobId: jobId, jobId, count };
  }

  /** How many jobs are not finished: waiting, delayed or running. Failed ones do not count. */
  pending(topic?: string): number {
    if (topic !== undefined) return this.#counts.get(topic) ?? 0;
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The jobs that failed too often, the latest first. */
  failed(limit = 100): FailedJob[] {
    const recent = this.#recent.all(failedTable);
    const stored = this.#database
      .rows(`SELECT ${failedJobColumns} FROM failed_jobs ORDER BY number DESC LIMIT ?`, [limit])
      .map(readFailedJob)
      .filter(({ number }) => !recent.has(String(number)));
    const added = [...recent].flatMap(([id, { text }]) =>
      text === null ? [] : [{ number: Number(id), job: parseFailedJob(text) }],
    );
    return [...stored, ...added]
      .sort((a, b) => b.number - a.number)
      .slice(0, limit)
      .map(({ job }) => job);
  }

  /** The first ready jobs of a topic, in the order in which they were enqueued. */
  ready(topic: string, limit: number): WaitingJob[] {
    const ready = this.#readyOf(topic);
    if (ready.count < limit && ready.rest !== null) this.#fill(topic, ready, ready.rest);
    return ready.first(limit);
  }

  /** For how long the first job of a topic has been ready, in milliseconds. */
  waitingFor(topic: string): number {
    const ready = this.#readyOf(topic);
    const since = ready.since ?? (ready.rest === null ? performance.now() : 0);
    return performance.now() - since;
  }

  /** Makes the delayed jobs ready whose time has come. Returns whether there were any. */
  wakeDelayed(): boolean {
    if (this.#delayed.size === 0) return false;
    const now = this.#now();
    const due = [...this.#delayed.values()].filter((delayed) => delayed.due <= now);
    for (const { job } of due) {
      this.#delayed.delete(job.number);
      // The storage still has its time, so that it is found there once only.
      this.#readyOf(job.topic).take(sized(job));
    }
    return due.length > 0;
  }

  /** Removes finished jobs. */
  async finish(jobs: readonly WaitingJob[]): Promise<void> {
    await this.#writes.make((records) => {
      for (const { number } of jobs) records.write(table, String(number), null, true);
    });
    for (const job of jobs) this.#forget(job);
  }

  /** Removes every job that waits. */
  async clear(): Promise<void> {
    this.#clearings += 1;
    this.#ready.clear();
    this.#delayed.clear();
    this.#counts.clear();
    await this.#writes.makeAlone(() => this.#database.run('DELETE FROM jobs'));
  }

  /** Puts a failed job back, to be ready after a delay. */
  async retryLater(job: WaitingJob, delay: number): Promise<void> {
    const due = this.#now() + delay;
    const later = { ...job, attempts: job.attempts + 1 };
    await this.#writes.make((records) => put(records, job.number, { ...later, due }, true));
    this.#readyOf(job.topic).delete(job.number);
    this.#delayed.set(job.number, { job: later, due });
  }

  /** Moves a job among the failed ones. */
  async giveUp(job: WaitingJob, error: string): Promise<void> {
    const { topic, jobId, _id, payload, attempts } = job;
    const failed = { topic, jobId, _id, payload, attempts: attempts + 1, error, failedAt: this.#now() };
    await this.#writes.make((records) => {
      records.write(failedTable, String(job.number), JSON.stringify(failed), false);
      records.write(table, String(job.number), null, true);
    });
    this.#forget(job);
  }

  async #add(job: QueuedJob, due: number | null): Promise<void> {
    const number = this.#takeNumber();
    const clearings = this.#clearings;
    await this.#writes.make((records) => put(records, number, { ...job, attempts: 0, due }, false));
    if (clearings !== this.#clearings) return;
    const waiting = { ...job, attempts: 0, number };
    this.#count(job.topic, 1);
    if (due === null) this.#readyOf(job.topic).add(sized(waiting, performance.now()));
    else this.#delayed.set(number, { job: waiting, due });
    this.emit('enqueued');
  }

  /** Reads more of the jobs that are only in the storage. */
  #fill(topic: string, ready: ReadyJobs, after: number): void {
    const recent = this.#recent.all(table);
    const limit = fillBatch + recent.size;
    const rows = this.#database.rows(
      `SELECT ${jobColumns} FROM jobs WHERE topic = ? AND due IS NULL AND number > ? ORDER BY number LIMIT ?`,
      [topic, after, limit],
    );
    const stored = rows.map(readJob).filter(({ number }) => !recent.has(String(number)));
    const added = [...recent].flatMap(([id, record]) => {
      // What is not acknowledged yet will be added then.
      if (record.text === null || this.#recent.isPending(record) || Number(id) <= after) return [];
      const job = parseJob(record.text);
      return job.topic === topic && job.due === null ? [{ number: Number(id), job }] : [];
    });
    const all = [...stored, ...added].sort((a, b) => a.number - b.number);
    const taken = all.slice(0, fillBatch).map(({ number, job }) => sized(waitingJob(number, job)));
    ready.fill(taken, taken.length === all.length && rows.length < limit);
  }

  #readyOf(topic: string): ReadyJobs {
    let ready = this.#ready.get(topic);
    if (ready === undefined) {
      ready = new ReadyJobs();
      this.#ready.set(topic, ready);
    }
    return ready;
  }

  #takeNumber(): number {
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    return number;
  }

  #count(topic: string, by: number): void {
    this.#counts.set(topic, (this.#counts.get(topic) ?? 0) + by);
  }

  #forget({ topic, number }: WaitingJob): void {
    // One that was cleared away meanwhile does not count any more.
    if (this.#readyOf(topic).delete(number) || this.#delayed.delete(number)) this.#count(topic, -1);
  }
}

function put(records: Records, number: number, job: JobRecord, existed: boolean): void {
  const { topic, jobId, _id, payload, attempts, due } = job;
  const text = JSON.stringify({ topic, jobId, _id, payload, attempts, due });
  records.write(table, String(number), text, existed);
}

function waitingJob(number: number, { topic, jobId, _id, payload, attempts }: JobRecord): WaitingJob {
  return { topic, jobId, _id, payload, attempts, number };
}

/** Sizes of one job are alike enough: what its payload takes counts. */
function sized(job: WaitingJob, since = 0): SizedJob {
  return { job, size: 200 + JSON.stringify(job.payload).length, since };
}

function parseTopic(topic: unknown): string {
  if (typeof topic === 'string' && topic !== '') return topic;
  throw new ArgumentError('A topic must be a string');
}
