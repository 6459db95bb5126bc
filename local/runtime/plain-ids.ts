import type { Connection } from '../connection';
import { withChecks } from './checked-calls';

const plain = /^[A-Za-z0-9_-]+$/;

/** Without the id, which may be an address: errors end up in logs. */
function assertPlain(id: unknown): void {
  if (typeof id === 'string' && !plain.test(id))
    throw new TypeError('An _id must be of letters, digits, "_" and "-" only.');
}

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '_id' in value ? value._id : undefined;
}

/** The ids that a query names, whatever it compares them by. Bounds are no ids. */
function idsIn(query: unknown): unknown[] {
  if (typeof query === 'string') return [query];
  const id = idOf(query);
  if (typeof id !== 'object' || id === null) return [id];
  return '$in' in id && Array.isArray(id.$in) ? id.$in : [];
}

/** A connection that takes no `_id` but of letters, digits, `_` and `-`. */
export function withPlainIds(connection: Connection): Connection {
  return withChecks(
    connection,
    (query) => idsIn(query).forEach(assertPlain),
    (document) => (Array.isArray(document) ? document : [document]).map(idOf).forEach(assertPlain),
  );
}
