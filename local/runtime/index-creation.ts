import type { Connection } from '../connection';

/** A connection that makes an index for each field where one of several fields is asked for. */
export function withIndexPerField(connection: Connection): Connection {
  return {
    ...connection,
    createIndex: async (name, fields) => {
      for (const field of fields) await connection.createIndex(name, [field]);
    },
  };
}

/** A connection that makes no index of several fields. */
export function withoutCompoundIndexes(connection: Connection): Connection {
  return {
    ...connection,
    createIndex: async (name, fields) => {
      if (fields.length > 1) throw new TypeError('An index is of one field.');
      return connection.createIndex(name, fields);
    },
  };
}
