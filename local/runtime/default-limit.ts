import type { Connection, FindOptions } from '../connection';

/** A connection whose reads of many hand over only so many documents unless they ask for a number. */
export function withDefaultLimit(connection: Connection, limit: number): Connection {
  const limited = (options: FindOptions = {}): FindOptions =>
    options.limit === undefined && options.hints?.limit === undefined ? { ...options, limit } : options;
  return {
    ...connection,
    find: (name, query, options) => connection.find(name, query, limited(options)),
    getMany: (name, query, options) => connection.getMany(name, query, limited(options)),
  };
}
