import { collectionOf } from '../collection-of';
import type { Connection } from '../connection';
import { NotFoundError } from '../database/errors';
import { BatchStream } from '../database/stream';
import type { Transactions, Write } from '../database/transactions';
import type { Documents } from '../datastore/documents';
import type { Keys } from '../keys/keys';
import type { JobQueue } from '../queue/queue';

/** The parts of a storage. */
export interface ConnectParts {
  readonly documents: Documents;
  readonly keys: Keys;
  readonly queue: JobQueue;
  readonly transactions: Transactions;
}

/** The API of Codehooks on top of the parts of a storage. What the parts throw, the promises reject with. */
export function connect({ documents, keys, queue, transactions }: ConnectParts): Connection {
  // Async, so that an argument that cannot be taken rejects, too.
  const make = async <T>(prepare: () => Write<T>): Promise<T> => transactions.write(prepare());
  const streamOf = <T>(open: () => Iterable<T[]>) => new BatchStream(open, () => transactions.settled());

  const findOne: Connection['findOne'] = async (name, idOrQuery) => {
    const document = await transactions.read(() => documents.findOne(name, idOrQuery));
    if (!document) throw new NotFoundError(name);
    return document;
  };
  const getMany: Connection['getMany'] = (name, query, options) =>
    streamOf(documents.stream(name, query, options));
  const set: Connection['set'] = (key, value, options) => make(() => keys.set(key, value, options));
  const get: Connection['get'] = (key, options) => transactions.read(() => keys.get(key, options));
  const connection: Connection = {
    insertOne: (name, document) => make(() => documents.insert(name, document)),
    findOne,
    getOne: findOne,
    findOneOrNull: (name, idOrQuery) => transactions.read(() => documents.findOne(name, idOrQuery)),
    find: getMany,
    getMany,
    updateOne: (name, idOrQuery, update, options) =>
      make(() => documents.updateOne(name, idOrQuery, update, options)),
    updateMany: (name, query, update, options) =>
      make(() => documents.updateMany(name, query, update, options)),
    replaceOne: (name, idOrQuery, document, options) =>
      make(() => documents.replaceOne(name, idOrQuery, document, options)),
    replaceMany: (name, query, document, options) =>
      make(() => documents.replaceMany(name, query, document, options)),
    removeOne: (name, idOrQuery) => make(() => documents.removeOne(name, idOrQuery)),
    removeMany: (name, query, options) => make(() => documents.removeMany(name, query, options)),
    async count(name, query) {
      let count = 0;
      for await (const part of streamOf(() => documents.count(name, query))) count += part;
      return count;
    },
    createIndex: (name, fields) => make(() => documents.createIndex(name, fields)),
    removeIndex: (name, fields) => make(() => documents.removeIndex(name, fields)),
    set,
    get,
    setObj: set,
    getObj: get,
    getAll: (prefix, options) => streamOf(() => keys.entries(prefix, options)),
    incr: (key, by, options) => make(() => keys.add(key, by ?? 1, options)),
    decr: (key, by, options) => make(() => keys.add(key, -(by ?? 1), options)),
    del: (key, options) => make(() => keys.remove(key, options)),
    delAll: (prefix, options) => make(() => keys.removeAll(prefix, options)),
    enqueue: (topic, payload) => queue.enqueue(topic, payload),
    enqueueFromQuery: (name, query, topic, options) => queue.enqueueFromQuery(name, query, topic, options),
    runAt: (date, payload, worker) => queue.runAt(date, payload, worker),
    collection: (name) => collectionOf(connection, name),
  };
  return connection;
}
