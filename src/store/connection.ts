import { Datastore } from 'codehooks-js';

type Platform = Awaited<ReturnType<typeof Datastore.open>>;

const platform = Symbol('platform');

/**
 * A connection to the space's Datastore, key-value store and queues. Other folders pass it on and cannot call
 * the platform with it: they read and write through what this folder offers.
 */
export interface Connection {
  readonly [platform]: Platform;
}

/** Connects to the space. @throws when the platform cannot be reached */
export async function connect(): Promise<Connection> {
  return { [platform]: await Datastore.open() };
}

/** The platform behind a connection; for this folder alone. */
export function platformOf(connection: Connection): Platform {
  return connection[platform];
}
