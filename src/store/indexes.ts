import { log, reasonOf } from '../log';
import { collections, connect } from './connection';

/** Fields that lists of campaigns are sorted by. */
const campaignOrders = [
  'name',
  'lastEventAt',
  'firstEventAt',
  'accepted',
  'delivered',
  'uniqueOpens',
  'uniqueClicks',
  'permanentFailures',
  'complaints',
  'unsubscribes',
  'order.delivery',
  'order.bounce',
  'order.open',
  'order.click',
] as const;

/** Which indexes serve the app's queries; each is a list of fields. Lists are ordered by a time and the `_id`. */
export const indexes: ReadonlyArray<{ collection: string; fields: readonly string[] }> = [
  { collection: collections.events, fields: ['occurredAt', '_id'] },
  { collection: collections.events, fields: ['recipient', 'occurredAt', '_id'] },
  { collection: collections.events, fields: ['tags', 'occurredAt', '_id'] },
  { collection: collections.events, fields: ['event', 'occurredAt', '_id'] },
  { collection: collections.events, fields: ['messageId', 'occurredAt', '_id'] },
  { collection: collections.events, fields: ['domain', 'occurredAt', '_id'] },
  { collection: collections.events, fields: ['classification', 'occurredAt', '_id'] },
  { collection: collections.events, fields: ['state', 'receivedAt', '_id'] },
  { collection: collections.subscribers, fields: ['lastEventAt', '_id'] },
  { collection: collections.subscribers, fields: ['status', 'lastEventAt', '_id'] },
  { collection: collections.subscribers, fields: ['status', '_id'] },
  { collection: collections.subscribers, fields: ['changedAt', '_id'] },
  ...campaignOrders.map((field) => ({ collection: collections.campaigns, fields: [field, '_id'] })),
  { collection: collections.campaigns, fields: ['dirty'] },
  { collection: collections.breakdowns, fields: ['dirty'] },
  { collection: collections.buckets, fields: ['level', 'start'] },
  { collection: collections.buckets, fields: ['level', 'dirty'] },
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
