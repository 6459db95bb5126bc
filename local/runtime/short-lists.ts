import type { Connection } from '../connection';
import { withChecks } from './checked-calls';

function longestList(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = '$in' in value && Array.isArray(value.$in) ? value.$in.length : 0;
  return Math.max(own, ...Object.values(value).map(longestList));
}

/** A connection that refuses a query with an `$in` of more values than `max`. */
export function withShortLists(connection: Connection, max: number): Connection {
  return withChecks(
    connection,
    (query) => {
      if (longestList(query) > max) throw new RangeError(`A query may name at most ${max} values by $in.`);
    },
    () => {},
  );
}
