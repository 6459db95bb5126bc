import { log, reasonOf } from '../log';
import { collections, connect } from './connection';

/** Which indexes serve the app's queries; each is a list of fields. */
export const indexes: ReadonlyArray<{ collection: string; fields: readonly string[] }> = [
  { collection: collections.events, fields: ['occurredAt'] },
  { collection: collections.events, fields: ['recipient', 'occurredAt'] },
  { collection: collections.events, fields: ['tags', 'occurredAt'] },
  { collection: collections.events, fields: ['event', 'occurredAt'] },
  { collection: collections.events, fields: ['messageId', 'occurredAt'] },
  { collection: collections.events, fields: ['state', 'receivedAt'] },
  { collection: collections.subscribers, fields: ['lastEventAt'] },
  { collection: collections.subscribers, fields: ['status', 'lastEventAt'] },
  { collection: collections.campaigns, fields: ['lastEventAt'] },
  { collection: collections.campaigns, fields: ['dirty'] },
  { collection: collections.buckets, fields: ['level', 'start'] },
  { collection: collections.buckets, fields: ['level', 'dirty'] },
  { collection: collections.tokens, fields: ['expiresAt'] },
];

/**
 * Creates the indexes when the app is deployed. Where the platform does not offer that to an app, the
 * owner creates them by `coho createindex`; without them everything works, only slower.
 */
export async function createIndexes(): Promise<void> {
  try {
    const connection: object = await connect();
    for (const { collection, fields } of indexes) {
      if (!('createIndex' in connection) || typeof connection.createIndex !== 'function') return;
      await connection.createIndex(collection, fields);
    }
  } catch (error) {
    log.warn('indexes not created, use coho createindex', { error: reasonOf(error) });
  }
}
