import { schedule } from 'codehooks-js';
import { log, reasonOf } from '../log';
import { type Connection, platformOf } from './connection';

/** Topics of the queues, by the names that owners see. */
export const topics = {
  process: 'processMailgunEvent',
  count: 'countMailgunEvents',
  publish: 'publishSuppressionChanges',
  deliver: 'deliverNotices',
  compare: 'compareMailgunDomain',
} as const;
type Topic = (typeof topics)[keyof typeof topics];

/** Queues a job for the worker of a topic. @throws when it could not be queued */
export async function enqueue(connection: Connection, topic: Topic, payload: object): Promise<void> {
  await platformOf(connection).enqueue(topic, payload);
}

/**
 * Queues a job that begins at a time, or at once where the platform has no clock for jobs. How exact it is, and whether
 * it survives a deployment, no document says.
 * @throws when it could not be queued
 */
export async function enqueueAt(
  connection: Connection,
  topic: Topic,
  date: Date,
  payload: object,
): Promise<void> {
  try {
    await schedule.runAt(date, payload, topic);
  } catch (error) {
    log.warn('job not scheduled, queued at once', { topic, error: reasonOf(error) });
    await enqueue(connection, topic, payload);
  }
}
