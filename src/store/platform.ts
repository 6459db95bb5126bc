import type { Datastore } from 'codehooks-js';

/** What Codehooks gives: its Datastore, key-value store and queues. */
export type Platform = Awaited<ReturnType<typeof Datastore.open>>;

/** The keyspace of the app, by the name that owners see in `coho get`. */
export const keyspace = 'webhooks';

/** The collection of the event log. The keys of its documents tell the version of a space's data. */
export const eventLogName = 'email_events';
