import type { Connection } from '../connection';
import type { Keys } from '../keys/keys';
import type { JobQueue } from '../queue/queue';
import type { Documents } from './documents';
import { NotFoundError } from './errors';

/** The API of Codehooks on top of the parts of a storage. What the parts throw, the promises reject with. */
export function connect(documents: Documents, keys: Keys, queue: JobQueue): Connection {
  const findOne: Connection['findOne'] = async (name, idOrQuery) => {
    const document = documents.findOne(name, idOrQuery);
    if (!document) throw new NotFoundError(name);
    return document;
  };
  const getMany: Connection['getMany'] = (name, query, options) => documents.stream(name, query, options);
  const set: Connection['set'] = async (key, value, options) => keys.set(key, value, options);
  const get: Connection['get'] = async (key, options) => keys.get(key, options);
  const connection: Connection = {
    insertOne: async (name, document) => documents.insert(name, document),
    findOne,
    getOne: findOne,
    findOneOrNull: async (name, idOrQuery) => documents.findOne(name, idOrQuery),
    find: getMany,
    getMany,
    updateOne: async (name, idOrQuery, update, options) =>
      documents.updateOne(name, idOrQuery, update, options),
    updateMany: async (name, query, update, options) => documents.updateMany(name, query, update, options),
    replaceOne: async (name, idOrQuery, document, options) =>
      documents.replaceOne(name, idOrQuery, document, options),
    replaceMany: async (name, query, document, options) =>
      documents.replaceMany(name, query, document, options),
    removeOne: async (name, idOrQuery) => documents.removeOne(name, idOrQuery),
    removeMany: async (name, query, options) => documents.removeMany(name, query, options),
    count: (name, query) => documents.count(name, query),
    createIndex: async (name, fields) => documents.createIndex(name, fields),
    removeIndex: async (name, fields) => documents.removeIndex(name, fields),
    set,
    get,
    setObj: set,
    getObj: get,
    getAll: (prefix, options) => keys.stream(prefix, options),
    incr: async (key, by, options) => keys.add(key, by ?? 1, options),
    decr: async (key, by, options) => keys.add(key, -(by ?? 1), options),
    del: async (key, options) => keys.remove(key, options),
    delAll: async (prefix, options) => keys.removeAll(prefix, options),
    enqueue: async (topic, payload) => queue.enqueue(topic, payload),
    enqueueFromQuery: async (name, query, topic, options) =>
      queue.enqueueFromQuery(name, query, topic, options),
    runAt: async (date, payload, worker) => queue.runAt(date, payload, worker),
    collection: (name) => collectionOf(connection, name),
  };
  return connection;
}

/** The functions of a connection for one collection, without the first argument. */
function collectionOf(connection: Connection, name: string): ReturnType<Connection['collection']> {
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
