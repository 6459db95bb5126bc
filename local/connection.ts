/** A JSON value, as documents, keys and job payloads hold it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A stored document: JSON with a string `_id`. */
export type StoredDocument = { _id: string; [field: string]: Json };

/** A query in the documented subset of MongoDB's language, or a plain equality map. */
export type Query = { [field: string]: unknown };

/** Update operators (`$set`, ...) or a plain object, which is merged into the document. */
export type Update = { [operatorOrField: string]: unknown };

/** Options of `getMany`. `hints.$fields` selects (1) or omits (0) fields. */
export interface FindOptions {
  sort?: Record<string, 1 | -1>;
  limit?: number;
  offset?: number;
  hints?: { $fields?: Record<string, 0 | 1>; [hint: string]: unknown };
  [option: string]: unknown;
}

export interface UpdateOptions {
  upsert?: boolean;
}

export interface KeyOptions {
  /** Time to live in milliseconds. */
  ttl?: number;
  keyspace?: string;
}

export interface EnqueueFromQueryOptions extends FindOptions {
  reverse?: boolean;
}

/** An entry of the key-value store, as `getAll` yields it; `val` and `value` are the same. */
export interface KeyEntry {
  key: string;
  value: Json;
  val: Json;
}

/** What `getMany` returns: an event emitter that can also be collected, iterated or sent to a client. */
export interface DataStream<T = StoredDocument> extends AsyncIterable<T> {
  on(event: 'data', listener: (item: T) => void): this;
  on(event: 'end', listener: () => void): this;
  on(event: 'error', listener: (error: Error) => void): this;
  toArray(): Promise<T[]>;
  forEach(visit: (item: T) => void | Promise<void>): Promise<void>;
  json(response: {
    set(name: string, value: string): unknown;
    write(text: string): unknown;
    end(): unknown;
  }): void;
}

/** The connection that `Datastore.open()` resolves: the four-argument API of Codehooks. */
export interface Connection {
  insertOne(collection: string, document: Query | Query[]): Promise<unknown>;
  findOne(collection: string, idOrQuery: string | Query): Promise<StoredDocument>;
  getOne(collection: string, idOrQuery: string | Query): Promise<StoredDocument>;
  findOneOrNull(collection: string, idOrQuery: string | Query): Promise<StoredDocument | null>;
  find(collection: string, query?: Query, options?: FindOptions): DataStream;
  getMany(collection: string, query?: Query, options?: FindOptions): DataStream;
  updateOne(
    collection: string,
    idOrQuery: string | Query,
    update: Update,
    options?: UpdateOptions,
  ): Promise<unknown>;
  updateMany(
    collection: string,
    query: Query,
    update: Update,
    options?: UpdateOptions,
  ): Promise<{ count: number }>;
  replaceOne(
    collection: string,
    idOrQuery: string | Query,
    document: Query,
    options?: UpdateOptions,
  ): Promise<unknown>;
  replaceMany(
    collection: string,
    query: Query,
    document: Query,
    options?: UpdateOptions,
  ): Promise<{ count: number }>;
  /** Resolves the id. */
  removeOne(collection: string, idOrQuery: string | Query): Promise<string>;
  removeMany(collection: string, query: Query, options?: FindOptions): Promise<{ count: number }>;
  count(collection: string, query?: Query): Promise<number>;
  createIndex(collection: string, fields: string[]): Promise<unknown>;
  removeIndex(collection: string, fields: string[]): Promise<unknown>;
  set(key: string, value: unknown, options?: KeyOptions): Promise<unknown>;
  get(key: string, options?: KeyOptions): Promise<unknown>;
  setObj(key: string, value: unknown, options?: KeyOptions): Promise<unknown>;
  getObj(key: string, options?: KeyOptions): Promise<unknown>;
  getAll(prefix: string, options?: KeyOptions): DataStream<KeyEntry>;
  incr(key: string, by?: number, options?: KeyOptions): Promise<number>;
  decr(key: string, by?: number, options?: KeyOptions): Promise<number>;
  del(key: string, options?: KeyOptions): Promise<unknown>;
  delAll(prefix: string, options?: KeyOptions): Promise<unknown>;
  enqueue(topic: string, payload: unknown, options?: Record<string, unknown>): Promise<unknown>;
  enqueueFromQuery(
    collection: string,
    query: Query,
    topic: string,
    options?: EnqueueFromQueryOptions,
  ): Promise<unknown>;
  runAt(date: Date, payload: unknown, worker: string): Promise<unknown>;
  collection(name: string): Record<string, (...args: never[]) => unknown>;
}
