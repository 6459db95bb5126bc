import { Datastore } from 'codehooks-js';
import { checkDataVersion } from './data-version';
import type { Platform } from './platform';

const platform = Symbol('platform');

/**
 * A connection to the space's Datastore, key-value store and queues. Other folders pass it on and cannot call
 * the platform with it: they read and write through what this folder offers.
 */
export interface Connection {
  readonly [platform]: Platform;
}

let isChecked = false;

/**
 * Connects to the space.
 * @throws OtherData when it holds what another version of the app has stored, or when the platform cannot be reached
 */
export async function connect(): Promise<Connection> {
  const opened = await Datastore.open();
  if (!isChecked) {
    await checkDataVersion(opened);
    isChecked = true;
  }
  return { [platform]: opened };
}

/** The platform behind a connection; for this folder alone. */
export function platformOf(connection: Connection): Platform {
  return connection[platform];
}
