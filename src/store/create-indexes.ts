import { log, reasonOf } from '../log';
import { connect, platformOf } from './connection';

/** Whether a platform refuses an index only because it is there already. */
function saysItExists(reason: string): boolean {
  return /already|exist/i.test(reason);
}

/**
 * Creates the indexes of collections when the app is deployed, each by itself: one that is refused keeps no other from
 * being made. Where the platform makes none of several fields, one of the first field still finds the documents. What
 * cannot be made the owner creates by `coho createindex`; without indexes everything works, only slower.
 */
export async function createIndexes(
  collections: ReadonlyArray<{ name: string; indexes: ReadonlyArray<readonly string[]> }>,
): Promise<void> {
  try {
    const platform: object = platformOf(await connect());
    if (!('createIndex' in platform)) return;
    const { createIndex } = platform;
    if (typeof createIndex !== 'function') return;
    const create = async (name: string, fields: readonly string[]): Promise<string | null> => {
      try {
        await Reflect.apply(createIndex, platform, [name, [...fields]]);
        return null;
      } catch (error) {
        return saysItExists(reasonOf(error)) ? null : reasonOf(error);
      }
    };
    for (const { name, indexes } of collections) {
      const refused = new Map<string, string[]>();
      const firsts = new Set<string>();
      for (const fields of indexes) {
        const [first] = fields;
        let reason = await create(name, fields);
        if (reason !== null && first !== undefined && fields.length > 1) {
          reason = firsts.has(first) ? null : await create(name, [first]);
          firsts.add(first);
        }
        if (reason !== null && first !== undefined)
          refused.set(reason, [...(refused.get(reason) ?? []), first]);
      }
      // A platform that refuses one refuses most, for the same reason: one line tells it.
      for (const [error, fields] of refused)
        log.warn('indexes not created, use coho createindex', {
          collection: name,
          fields: fields.join(', '),
          error,
        });
    }
  } catch (error) {
    log.warn('indexes not created, use coho createindex', { error: reasonOf(error) });
  }
}
