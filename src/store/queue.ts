import { type Connection, platformOf } from './connection';

/** Topics of the queues, by the names that owners see. */
export const topics = {
  process: 'processMailgunEvent',
  count: 'countMailgunEvents',
  publish: 'publishSuppressionChanges',
} as const;

/** Queues a job for the worker of a topic. @throws when it could not be queued */
export async function enqueue(
  connection: Connection,
  topic: (typeof topics)[keyof typeof topics],
  payload: object,
): Promise<void> {
  await platformOf(connection).enqueue(topic, payload);
}
