import { log, reasonOf } from '../log';
import type { Connection } from '../store/connection';
import { enqueue, topics } from '../store/queue';

/** Queues an event for the worker. The payload is only its key: the event is in the log. @throws when that fails */
export async function enqueueEvent(connection: Connection, key: string): Promise<void> {
  await enqueue(connection, topics.process, { key });
}

/**
 * Queues an event that was stored just now. A failure takes nothing back: the event is in the log, and the
 * sweep finds what was never queued.
 */
export async function enqueueStoredEvent(connection: Connection, key: string): Promise<void> {
  try {
    await enqueueEvent(connection, key);
  } catch (error) {
    log.warn('event not queued, the sweep will', { key, error: reasonOf(error) });
  }
}
