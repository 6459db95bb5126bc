import type { Connection } from '../connection';
import type { Keys } from '../keys/keys';
import type { JobQueue } from '../queue/queue';
import type { Documents } from './documents';
import { NotFoundError } from './errors';
import type { GroupCommit } from './group-commit';

/** The parts of a storage, and how writes get into it. */
export interface ConnectParts {
  readonly documents: Documents;
  readonly keys: Keys;
  readonly queue: JobQueue;
  readonly writes: GroupCommit;
}

/** The API of Codehooks on top of the parts of a storage. What the parts throw, the promises reject with. */
export function connect({ documents, keys, queue, writes }: ConnectParts): Connection {
  const findOne: Connection['findOne'] = async (name, idOrQuery) => {
    const document = documents.findOne(name, idOrQuery);
    if (!document) throw new NotFoundError(name);
    return document;
  };
  const getMany: Connection['getMany'] = (name, query, options) => documents.stream(name, query, options);
  const set: Connection['set'] = (key, value, options) => writes.add(() => keys.set(key, value, options));
  const get: Connection['get'] = async (key, options) => keys.get(key, options);
  const connection: Connection = {
    insertOne: (name, document) => writes.add(() => documents.insert(name, document)),
    findOne,
    getOne: findOne,
    findOneOrNull: async (name, idOrQuery) => documents.findOne(name, idOrQuery),
    find: getMany,
    getMany,
    updateOne: (name, idOrQuery, update, options) =>
      writes.add(() => documents.updateOne(name, idOrQuery, update, options)),
    updateMany: (name, query, update, options) =>
      writes.add(() => documents.updateMany(name, query, update, options)),
    replaceOne: (name, idOrQuery, document, options) =>
      writes.add(() => documents.replaceOne(name, idOrQuery, document, options)),
    replaceMany: (name, query, document, options) =>
      writes.add(() => documents.replaceMany(name, query, document, options)),
    removeOne: (name, idOrQuery) => writes.add(() => documents.removeOne(name, idOrQuery)),
    removeMany: (name, query, options) => writes.add(() => documents.removeMany(name, query, options)),
    count: (name, query) => documents.count(name, query),
    createIndex: (name, fields) => writes.add(() => documents.createIndex(name, fields)),
    removeIndex: (name, fields) => writes.add(() => documents.removeIndex(name, fields)),
    set,
    get,
    setObj: set,
    getObj: get,
    getAll: (prefix, options) => keys.stream(prefix, options),
    incr: (key, by, options) => writes.add(() => keys.add(key, by ?? 1, options)),
    decr: (key, by, options) => writes.add(() => keys.add(key, -(by ?? 1), options)),
    del: (key, options) => writes.add(() => keys.remove(key, options)),
    delAll: (prefix, options) => writes.add(() => keys.removeAll(prefix, options)),
    enqueue: (topic, payload) => writes.add(() => queue.enqueue(topic, payload)),
    enqueueFromQuery: (name, query, topic, options) =>
      writes.add(() => queue.enqueueFromQuery(name, query, topic, options)),
    runAt: (date, payload, worker) => writes.add(() => queue.runAt(date, payload, worker)),
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
