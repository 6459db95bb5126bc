import type { Connection } from '../connection';
import type { Quirks } from '../switches/quirks';
import { withDefaultLimit } from './default-limit';
import { withIndexPerField, withoutCompoundIndexes } from './index-creation';
import { withoutOtherResults } from './other-results';
import { withPlainIds } from './plain-ids';
import { otherClocks } from './scheduling';
import { withShortLists } from './short-lists';

type Calls = 'defaultLimit' | 'idsPerRead' | 'indexes' | 'oddIds' | 'otherResults' | 'runAt' | 'setObject';

/** The storage as an app sees it on a platform that behaves like this. */
export function asPlatform(storage: Connection, quirks: Pick<Quirks, Calls>): Connection {
  let seen = storage;
  if (quirks.defaultLimit !== 'none') seen = withDefaultLimit(seen, quirks.defaultLimit);
  if (quirks.idsPerRead !== 'unlimited') seen = withShortLists(seen, quirks.idsPerRead);
  if (quirks.oddIds === 'refused') seen = withPlainIds(seen);
  if (quirks.indexes === 'perField') seen = withIndexPerField(seen);
  if (quirks.indexes === 'refused') seen = withoutCompoundIndexes(seen);
  if (quirks.runAt !== 'onTime') seen = { ...seen, runAt: otherClocks[quirks.runAt](seen) };
  if (quirks.setObject === 'text') seen = withTextValues(seen);
  return quirks.otherResults === 'null' ? withoutOtherResults(seen) : seen;
}

/** A connection whose `set` keeps of an object what becomes of it as a text. */
function withTextValues(connection: Connection): Connection {
  return {
    ...connection,
    set: (key, value, options) =>
      connection.set(key, typeof value === 'object' && value !== null ? String(value) : value, options),
  };
}
