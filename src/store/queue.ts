import { type Connection, topics } from './connection';

/** Queues an event for the worker. The payload is only its key: the event is in the log. */
export async function enqueueEvent(connection: Connection, key: string): Promise<void> {
  await connection.enqueue(topics.process, { key });
}
