import type { Connection, Query } from '../connection';

/** Looks at what a call names before it takes place. @throws what the call then rejects with */
type Check = (idOrQuery: unknown) => void;

/**
 * A connection that looks at the queries, ids and new documents of each call first.
 * @param checkQuery throws for a query or an id that the platform does not take
 * @param checkDocument throws for a new document, or a list of them
 */
export function withChecks(connection: Connection, checkQuery: Check, checkDocument: Check): Connection {
  const checked =
    <Rest extends unknown[], Result>(
      call: (name: string, query: string | Query, ...rest: Rest) => Promise<Result>,
    ) =>
    async (name: string, query: string | Query, ...rest: Rest): Promise<Result> => {
      checkQuery(query);
      return call(name, query, ...rest);
    };
  return {
    ...connection,
    insertOne: async (name, document) => {
      checkDocument(document);
      return connection.insertOne(name, document);
    },
    findOne: checked(connection.findOne),
    getOne: checked(connection.getOne),
    findOneOrNull: checked(connection.findOneOrNull),
    find: (name, query, options) => {
      checkQuery(query);
      return connection.find(name, query, options);
    },
    getMany: (name, query, options) => {
      checkQuery(query);
      return connection.getMany(name, query, options);
    },
    updateOne: checked(connection.updateOne),
    replaceOne: checked(connection.replaceOne),
    removeOne: checked(connection.removeOne),
    updateMany: async (name, query, update, options) => {
      checkQuery(query);
      return connection.updateMany(name, query, update, options);
    },
    removeMany: async (name, query, options) => {
      checkQuery(query);
      return connection.removeMany(name, query, options);
    },
  };
}
