import { Datastore } from 'codehooks-js';
import { checkDataVersion } from './data-version';

/** A connection to the space's Datastore, key-value store and queues. */
export type Connection = Awaited<ReturnType<typeof Datastore.open>>;

/** Collections and the keyspace, by the names that owners see in `coho query` and `coho get`. */
export const collections = {
  events: 'email_events',
  campaigns: 'campaign_stats',
  breakdowns: 'breakdown_stats',
  buckets: 'stat_buckets',
  subscribers: 'subscribers',
  engagements: 'engagements',
  tokens: 'webhook_tokens',
  backfill: 'backfill_cursors',
} as const;

/**
 * The limit of a read that wants everything: what a platform hands over without one, no document says. As much
 * as 32 bits hold.
 */
export const everything = 2 ** 31 - 1;

export const keyspace = 'webhooks';

let isChecked = false;

/** @throws OtherData when the space holds what another version of the app has stored */
export async function connect(): Promise<Connection> {
  const connection = await Datastore.open();
  if (!isChecked) {
    await checkDataVersion(connection, { events: collections.events, keyspace });
    isChecked = true;
  }
  return connection;
}

export const topics = {
  process: 'processMailgunEvent',
  count: 'countMailgunEvents',
} as const;
