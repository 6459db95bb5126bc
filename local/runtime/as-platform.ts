import { collectionOf } from '../collection-of';
import type { Connection } from '../connection';
import type { Switches } from '../switches/switches';
import { withDefaultLimit } from './default-limit';
import { withIndexPerField, withoutCompoundIndexes } from './index-creation';
import { withoutOtherResults } from './other-results';
import { withPlainIds } from './plain-ids';
import { otherClocks } from './scheduling';
import { withShortLists } from './short-lists';

type Calls = 'defaultLimit' | 'idsPerRead' | 'indexes' | 'oddIds' | 'otherResults' | 'runAt' | 'setObject';

/** The storage as an app sees it on a platform that behaves like this. */
export function asPlatform(storage: Connection, switches: Pick<Switches, Calls>): Connection {
  let seen = storage;
  if (switches.defaultLimit !== 'none') seen = withDefaultLimit(seen, switches.defaultLimit);
  if (switches.idsPerRead !== 'unlimited') seen = withShortLists(seen, switches.idsPerRead);
  if (switches.oddIds === 'refused') seen = withPlainIds(seen);
  if (switches.indexes === 'perField') seen = withIndexPerField(seen);
  if (switches.indexes === 'refused') seen = withoutCompoundIndexes(seen);
  if (switches.runAt !== 'onTime') seen = { ...seen, runAt: otherClocks[switches.runAt](seen) };
  if (switches.setObject === 'text') seen = withTextValues(seen);
  if (switches.otherResults === 'null') seen = withoutOtherResults(seen);
  // Those of the storage itself would go past all that.
  const platform: Connection = { ...seen, collection: (name) => collectionOf(platform, name) };
  return platform;
}

/** A connection whose `set` keeps of an object what becomes of it as a text. */
function withTextValues(connection: Connection): Connection {
  return {
    ...connection,
    set: (key, value, options) =>
      connection.set(key, typeof value === 'object' && value !== null ? String(value) : value, options),
  };
}
