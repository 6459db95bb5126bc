import type { Connection } from './connection';

/** The functions of a connection for one collection, without the first argument. */
export function collectionOf(connection: Connection, name: string): ReturnType<Connection['collection']> {
  const bound =
    <Rest extends never[], Result>(call: (name: string, ...rest: Rest) => Result) =>
    (...rest: Rest) =>
      call(name, ...rest);
  return {
    insertOne: bound(connection.insertOne),
    findOne: bound(connection.findOne),
    getOne: bound(connection.getOne),
    findOneOrNull: bound(connection.findOneOrNull),
    find: bound(connection.find),
    getMany: bound(connection.getMany),
    updateOne: bound(connection.updateOne),
    updateMany: bound(connection.updateMany),
    replaceOne: bound(connection.replaceOne),
    replaceMany: bound(connection.replaceMany),
    removeOne: bound(connection.removeOne),
    removeMany: bound(connection.removeMany),
    count: bound(connection.count),
    createIndex: bound(connection.createIndex),
    removeIndex: bound(connection.removeIndex),
    enqueueFromQuery: bound(connection.enqueueFromQuery),
  };
}
