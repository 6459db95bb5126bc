import { log, reasonOf } from '../log';
import { type Connection, platformOf } from './connection';

/** Whether a rejected update says that nothing matched, as Codehooks puts it: `5 NOT_FOUND: Not found`. */
function saysNotFound(reason: string): boolean {
  return /not.?found/i.test(reason);
}

/**
 * Changes a document that still matches a query. When nothing matches, one platform rejects and another resolves
 * null, so the answer proves nothing but a success: what counts is what is stored afterwards. A rejection for
 * another reason is logged and is no error either; the caller reads again.
 * @returns what the platform answers, null when it rejects
 */
export async function updateIfMatches(
  connection: Connection,
  collection: string,
  query: object,
  update: object,
): Promise<unknown> {
  try {
    return await platformOf(connection).updateOne(collection, query, update);
  } catch (error) {
    const reason = reasonOf(error);
    if (!saysNotFound(reason))
      log.warn('conditional update failed, what is stored decides', { collection, error: reason });
    return null;
  }
}
