import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import type { Json } from '../connection';
import { checkedText } from '../database/checked-text';
import { toJson } from '../database/json';
import { numberAt, type Row, type Sqlite } from '../database/sqlite';

/** What `enqueue` resolves and a worker finds in `req.body`. */
export interface QueuedJob {
  topic: string;
  jobId: string;
  _id: string;
  payload: Json;
}

/** A job that waits, with what the dispatcher needs to run it and to end it. */
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

export const jobsSchema = `
  CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY, topic TEXT NOT NULL, due REAL, attempts INTEGER NOT NULL,
    job TEXT NOT NULL, sum INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS jobs_by_topic ON jobs (topic, number) WHERE due IS NULL;
  CREATE INDEX IF NOT EXISTS jobs_by_time ON jobs (due) WHERE due IS NOT NULL;
  CREATE TABLE IF NOT EXISTS failed_jobs (
    number INTEGER PRIMARY KEY, job TEXT NOT NULL, sum INTEGER NOT NULL
  );`;

const json = v.custom<Json>((value) => toJson(value) !== undefined);
const queuedJob = v.object({ topic: v.string(), jobId: v.string(), _id: v.string(), payload: json });
const failedJob = v.object({
  ...queuedJob.entries,
  attempts: v.number(),
  error: v.string(),
  failedAt: v.number(),
});

/** @param row the job's text, its checksum, its attempts and its number */
export function readJob(row: Row): WaitingJob {
  return { ...v.parse(queuedJob, parse(row)), attempts: numberAt(row, 2), number: numberAt(row, 3) };
}

/** @param row the job's text and its checksum */
export function readFailedJob(row: Row): FailedJob {
  return v.parse(failedJob, parse(row));
}

/** The text of a job and its checksum, as the database holds them. */
export function jobCells(job: QueuedJob | FailedJob): [text: string, sum: number] {
  const text = JSON.stringify(job);
  return [text, crc32(text)];
}

/** Compares all jobs with their checksums. @throws {DamageError} */
export function checkJobs(database: Sqlite): void {
  for (const row of database.rows('SELECT CAST(job AS BLOB), sum, attempts, number FROM jobs')) readJob(row);
  for (const row of database.rows('SELECT CAST(job AS BLOB), sum FROM failed_jobs')) readFailedJob(row);
}

function parse(row: Row): unknown {
  return JSON.parse(checkedText(row, 0, 1, 'a job'));
}
