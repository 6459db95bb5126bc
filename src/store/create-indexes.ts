import { log, reasonOf } from '../log';
import { connect, platformOf } from './connection';

/**
 * Creates the indexes of collections when the app is deployed. Where the platform does not offer that to an app, the
 * owner creates them by `coho createindex`; without them everything works, only slower.
 */
export async function createIndexes(
  collections: ReadonlyArray<{ name: string; indexes: ReadonlyArray<readonly string[]> }>,
): Promise<void> {
  try {
    const platform: object = platformOf(await connect());
    if (!('createIndex' in platform) || typeof platform.createIndex !== 'function') return;
    for (const { name, indexes } of collections)
      for (const fields of indexes) await platform.createIndex(name, fields);
  } catch (error) {
    log.warn('indexes not created, use coho createindex', { error: reasonOf(error) });
  }
}
