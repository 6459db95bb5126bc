import type { Connection, DataStream } from '../../../local/connection';

/** One call of the app to its Datastore, key-value store or queues. */
export interface Call {
  readonly operation: string;
  /** The collection, key or topic. */
  readonly on: string;
  /** Of a stream: hands over the first half of its items and then no more. */
  readonly half?: () => Promise<void>;
}

/** Stands between the app and its storage: decides whether, when and how a call takes place. */
export type Intercept = <Result>(call: Call, run: () => Promise<Result>) => Promise<Result>;

/** A connection of which every call that the app makes goes through `intercept`, streams included. */
export function interceptConnection(connection: Connection, intercept: Intercept): Connection {
  const through = <Result>(operation: string, on: string, run: () => Promise<Result>) =>
    intercept({ operation, on }, run);
  const stream = <Item>(operation: string, on: string, inner: DataStream<Item>): DataStream<Item> => {
    const visitHalf = async (visit: (item: Item) => void | Promise<void>) => {
      const items = await inner.toArray();
      for (const item of items.slice(0, Math.ceil(items.length / 2))) await visit(item);
    };
    return {
      on: () => {
        throw new Error('The torture knows no listeners on streams: collect or visit them.');
      },
      toArray: () => intercept({ operation, on, half: () => visitHalf(() => {}) }, () => inner.toArray()),
      forEach: (visit) =>
        intercept({ operation, on, half: () => visitHalf(visit) }, () => inner.forEach(visit)),
      json: (response) => inner.json(response),
      async *[Symbol.asyncIterator]() {
        yield* await through(operation, on, () => inner.toArray());
      },
    };
  };
  return {
    ...connection,
    insertOne: (c, document) => through('insertOne', c, () => connection.insertOne(c, document)),
    findOne: (c, query) => through('findOne', c, () => connection.findOne(c, query)),
    getOne: (c, query) => through('getOne', c, () => connection.getOne(c, query)),
    findOneOrNull: (c, query) => through('findOneOrNull', c, () => connection.findOneOrNull(c, query)),
    find: (c, query, options) => stream('find', c, connection.find(c, query, options)),
    getMany: (c, query, options) => stream('getMany', c, connection.getMany(c, query, options)),
    updateOne: (c, query, update, options) =>
      through('updateOne', c, () => connection.updateOne(c, query, update, options)),
    updateMany: (c, query, update, options) =>
      through('updateMany', c, () => connection.updateMany(c, query, update, options)),
    replaceOne: (c, query, document, options) =>
      through('replaceOne', c, () => connection.replaceOne(c, query, document, options)),
    removeOne: (c, query) => through('removeOne', c, () => connection.removeOne(c, query)),
    removeMany: (c, query, options) =>
      through('removeMany', c, () => connection.removeMany(c, query, options)),
    count: (c, query) => through('count', c, () => connection.count(c, query)),
    set: (key, value, options) => through('set', key, () => connection.set(key, value, options)),
    get: (key, options) => through('get', key, () => connection.get(key, options)),
    incr: (key, by, options) => through('incr', key, () => connection.incr(key, by, options)),
    del: (key, options) => through('del', key, () => connection.del(key, options)),
    enqueue: (topic, payload, options) =>
      through('enqueue', topic, () => connection.enqueue(topic, payload, options)),
    runAt: (date, payload, worker) => through('runAt', worker, () => connection.runAt(date, payload, worker)),
  };
}
