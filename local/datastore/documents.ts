import type { StoredDocument } from '../connection';
import { NotFoundError } from '../database/errors';
import { newId } from '../database/ids';
import { type Readers, Snapshot } from '../database/readers';
import { numberAt, type Sqlite } from '../database/sqlite';
import type { Write } from '../database/transactions';
import type { Quirks } from '../switches/quirks';
import {
  isEverything,
  isUpsert,
  newDocument,
  parseFields,
  parseName,
  parseReplacement,
  replaceWith,
} from './arguments';
import type { Collection, Collections, Index } from './collections';
import { findBatches, resultBatches } from './find';
import { type FindRequest, parseFindOptions } from './options';
import { planQuery } from './plan';
import { type CompiledQuery, compileQuery, fixedFields } from './query';
import {
  fillIndex,
  insertRecord,
  readRecord,
  removeRecord,
  type StoredRecord,
  updateRecord,
} from './records';
import { explainPlan, type Found } from './select';
import { type Change, parseUpdate, setFields } from './update';

/** How a query would be answered: the path taken and what SQLite says about it. */
export interface Explanation {
  /** `scan`, `_id`, or the fields of the index, joined by commas. */
  readonly path: string;
  /** Whether the path yields the order asked for. */
  readonly sorted: boolean;
  /** SQLite's `EXPLAIN QUERY PLAN`, line by line. */
  readonly sqlite: string[];
}

/** A collection as its owner sees it. */
export interface CollectionDescription {
  readonly name: string;
  /** ISO date. */
  readonly created: string;
  /** The fields of each index. */
  readonly indexes: readonly (readonly string[])[];
  /** How many documents it has. */
  readonly count: number;
}

interface DocumentsParts {
  readonly database: Sqlite;
  readonly collections: Collections;
  readonly readers: Readers;
  readonly quirks: Quirks;
}

/** A call that belongs inside a transaction. It makes several changes, of which a failure must leave none. */
const severalChanges = { isAtomic: false };
/** One that makes a single change, or none. */
const oneChange = { isAtomic: true };

/** The calls of the datastore. Arguments come from the app and are checked here. */
export class Documents {
  readonly #database: Sqlite;
  readonly #collections: Collections;
  readonly #readers: Readers;
  readonly #quirks: Quirks;

  constructor({ database, collections, readers, quirks }: DocumentsParts) {
    this.#database = database;
    this.#collections = collections;
    this.#readers = readers;
    this.#quirks = quirks;
  }

  insert(name: unknown, documents: unknown): Write<StoredDocument | StoredDocument[]> {
    const collection = parseName(name);
    if (!Array.isArray(documents)) {
      const document = newDocument(documents);
      return { ...oneChange, work: () => this.#insert(collection, document) };
    }
    const all = documents.map(newDocument);
    return { ...severalChanges, work: () => all.map((document) => this.#insert(collection, document)) };
  }

  findOne(name: unknown, idOrQuery: unknown): StoredDocument | null {
    const query = compileQuery(idOrQuery);
    const collection = this.#collections.find(parseName(name));
    return (collection && this.#first(collection, query)?.document) ?? null;
  }

  stream(name: unknown, query: unknown, options: unknown): () => Iterable<StoredDocument[]> {
    return () => this.#snapshotBatches(name, compileQuery(query ?? {}), parseFindOptions(options));
  }

  /** How many documents match, as batches of one number. */
  *count(name: unknown, query: unknown): Generator<number[], void> {
    const request = { ...parseFindOptions(undefined), countOnly: true };
    const compiled = compileQuery(query ?? {});
    if (isEverything(query)) {
      const collection = this.#collections.find(parseName(name));
      yield [collection ? this.#countAll(collection) : 0];
      return;
    }
    for (const batch of this.#snapshotBatches(name, compiled, request))
      yield batch.map(({ count }) => Number(count));
  }

  updateOne(
    name: unknown,
    idOrQuery: unknown,
    update: unknown,
    options: unknown,
  ): Write<StoredDocument | string | null> {
    return this.#changeOne(parseName(name), idOrQuery, this.#parseUpdate(update), options);
  }

  replaceOne(
    name: unknown,
    idOrQuery: unknown,
    document: unknown,
    options: unknown,
  ): Write<StoredDocument | string | null> {
    return this.#changeOne(parseName(name), idOrQuery, parseReplacement(document), options);
  }

  updateMany(name: unknown, query: unknown, update: unknown, options: unknown): Write<{ count: number }> {
    return this.#changeMany(parseName(name), compileQuery(query), this.#parseUpdate(update), options);
  }

  replaceMany(name: unknown, query: unknown, document: unknown, options: unknown): Write<{ count: number }> {
    return this.#changeMany(parseName(name), compileQuery(query), parseReplacement(document), options);
  }

  removeOne(name: unknown, idOrQuery: unknown): Write<string> {
    const collectionName = parseName(name);
    const query = compileQuery(idOrQuery);
    const work = () => {
      const collection = this.#collections.find(collectionName);
      const found = collection && this.#first(collection, query);
      if (!found) throw new NotFoundError(collectionName);
      removeRecord(this.#database, collection, found);
      return found.document._id;
    };
    return { ...oneChange, work };
  }

  removeMany(name: unknown, query: unknown, options: unknown): Write<{ count: number }> {
    const collectionName = parseName(name);
    const compiled = compileQuery(query);
    const request = parseFindOptions(options);
    const work = () => {
      const collection = this.#collections.find(collectionName);
      if (!collection) return { count: 0 };
      let count = 0;
      for (const found of this.#records(collection, compiled, request)) {
        removeRecord(this.#database, collection, found);
        count += 1;
      }
      return { count };
    };
    return { ...severalChanges, work };
  }

  createIndex(name: unknown, fields: unknown): Write<{ collection: string; fields: string[] }> {
    const collectionName = parseName(name);
    const paths = parseFields(fields);
    const work = () => {
      const collection = this.#collections.ensure(collectionName);
      if (!findIndex(collection, paths)) fillIndex(this.#database, this.#collections, collection, paths);
      return { collection: collectionName, fields: paths };
    };
    return { ...severalChanges, work };
  }

  removeIndex(name: unknown, fields: unknown): Write<{ collection: string; fields: string[] }> {
    const collectionName = parseName(name);
    const paths = parseFields(fields);
    const work = () => {
      const collection = this.#collections.find(collectionName);
      const index = collection && findIndex(collection, paths);
      if (index) this.#collections.dropIndex(collection, index);
      return { collection: collectionName, fields: paths };
    };
    return { ...severalChanges, work };
  }

  /** Calls `visit` with the documents of a query as part of a write. Returns how many. */
  visitAll(
    name: unknown,
    query: unknown,
    options: unknown,
    visit: (document: StoredDocument) => void,
  ): number {
    const compiled = compileQuery(query);
    const request = parseFindOptions(options);
    const collection = this.#collections.find(parseName(name));
    if (!collection) return 0;
    let count = 0;
    for (const batch of this.#batches(collection, compiled, request)) {
      for (const { document } of batch) visit(document);
      count += batch.length;
    }
    return count;
  }

  /** What there is of every collection. */
  describe(): CollectionDescription[] {
    return this.#collections.all().map((collection) => ({
      name: collection.name,
      created: collection.created,
      indexes: collection.indexes.map(({ fields }) => fields),
      count: this.#countAll(collection),
    }));
  }

  explain(name: unknown, query: unknown, options: unknown): Explanation {
    const collection = this.#collections.find(parseName(name));
    if (!collection) return { path: 'scan', sorted: true, sqlite: [] };
    const compiled = compileQuery(query);
    const plan = planQuery(collection, compiled, parseFindOptions(options).sort);
    const sqlite = this.#readers.once((reader) => explainPlan(reader, collection, compiled, plan));
    return { path: plan.path.name, sorted: plan.sorted, sqlite };
  }

  #parseUpdate(update: unknown): Change {
    return parseUpdate(update, {
      hasLiteralPaths: this.#quirks.updatePaths === 'literal',
      knowsInsert: this.#quirks.setOnInsert === 'applied',
    });
  }

  #countAll({ table }: Collection): number {
    return numberAt(this.#database.row(`SELECT count(*) FROM ${table}`), 0);
  }

  #batches(collection: Collection, query: CompiledQuery, request: FindRequest): Generator<Found[], void> {
    return findBatches(() => this.#database, collection, query, request);
  }

  *#snapshotBatches(
    name: unknown,
    query: CompiledQuery,
    request: FindRequest,
  ): Generator<StoredDocument[], void> {
    const collection = this.#collections.findCommitted(parseName(name));
    if (!collection) {
      if (request.countOnly) yield [{ _id: '', count: 0 }];
      return;
    }
    const snapshot = new Snapshot(this.#readers);
    try {
      yield* resultBatches(snapshot.database, collection, query, request);
    } finally {
      snapshot.release();
    }
  }

  /** The first document that matches, in no promised order. */
  #first(collection: Collection, query: CompiledQuery): StoredRecord | undefined {
    const { namedId } = query;
    if (namedId !== undefined) {
      const found = readRecord(this.#database, collection, namedId);
      return found && (query.isOnlyIds || query.matches(found.document)) ? found : undefined;
    }
    for (const [found] of this.#batches(collection, query, { ...parseFindOptions(undefined), limit: 1 }))
      if (found) return readRecord(this.#database, collection, found.document._id);
    return undefined;
  }

  /**
   * The documents of a query, to be changed one by one. Their ids are known before any is changed, so that none is met
   * twice.
   */
  *#records(
    collection: Collection,
    query: CompiledQuery,
    request: FindRequest,
  ): Generator<StoredRecord, void> {
    const named = isWhole(request) ? query.namedIds : undefined;
    for (const id of named ?? this.#ids(collection, query, request)) {
      const found = readRecord(this.#database, collection, id);
      if (found && (named === undefined || query.isOnlyIds || query.matches(found.document))) yield found;
    }
  }

  #ids(collection: Collection, query: CompiledQuery, request: FindRequest): string[] {
    const ids: string[] = [];
    for (const batch of this.#batches(collection, query, request))
      for (const { document } of batch) ids.push(document._id);
    return ids;
  }

  #changeOne(
    name: string,
    idOrQuery: unknown,
    change: Change,
    options: unknown,
  ): Write<StoredDocument | string | null> {
    const query = compileQuery(idOrQuery);
    const upsert = isUpsert(options);
    const work = () => {
      const collection = upsert ? this.#collections.ensure(name) : this.#collections.find(name);
      const found = collection && this.#first(collection, query);
      if (!collection || !(found || upsert)) return this.#noMatch(name, collection, query);
      const document = found
        ? updateRecord(this.#database, this.#collections, collection, found, change)
        : this.#create(collection, query, change, typeof idOrQuery === 'string');
      return upsert ? this.#upsertResult(document) : document;
    };
    return { ...oneChange, work };
  }

  #changeMany(
    name: string,
    query: CompiledQuery,
    change: Change,
    options: unknown,
  ): Write<{ count: number }> {
    const upsert = isUpsert(options);
    const work = () => {
      const collection = upsert ? this.#collections.ensure(name) : this.#collections.find(name);
      if (!collection) return { count: 0 };
      let count = 0;
      for (const found of this.#records(collection, query, parseFindOptions(undefined))) {
        // A change may have made a field irregular, so that the next one needs the new description.
        const now = this.#collections.find(name) ?? collection;
        updateRecord(this.#database, this.#collections, now, found, change);
        count += 1;
      }
      if (count > 0 || !upsert) return { count };
      this.#create(collection, query, change, false);
      return { count: 1 };
    };
    return { ...severalChanges, work };
  }

  #noMatch(name: string, collection: Collection | undefined, query: CompiledQuery): StoredDocument | null {
    if (this.#quirks.noMatch === 'rejects') throw new NotFoundError(name);
    if (this.#quirks.noMatch === 'null' || !collection || query.namedId === undefined) return null;
    return readRecord(this.#database, collection, query.namedId)?.document ?? null;
  }

  #upsertResult(document: StoredDocument): StoredDocument | string | null {
    if (this.#quirks.upsertResult === 'id') return document._id;
    return this.#quirks.upsertResult === 'document' ? document : null;
  }

  #create(collection: Collection, query: CompiledQuery, change: Change, isById: boolean): StoredDocument {
    const keepsId = isById || this.#quirks.upsertByQuery === 'keepsId';
    const id = keepsId ? query.namedId : undefined;
    const document: StoredDocument = { _id: id ?? newId() };
    setFields(fixedFields(query))(document);
    change(document, true);
    if (!insertRecord(this.#database, this.#collections, collection, document)) throw duplicate(collection);
    return document;
  }

  #insert(name: string, document: StoredDocument): StoredDocument {
    const collection = this.#collections.ensure(name);
    if (insertRecord(this.#database, this.#collections, collection, document)) return document;
    const found = readRecord(this.#database, collection, document._id);
    if (!found || this.#quirks.duplicateInsert === 'rejects') throw duplicate(collection);
    return updateRecord(this.#database, this.#collections, collection, found, replaceWith(document));
  }
}

function isWhole({ offset, limit }: FindRequest): boolean {
  return offset === 0 && limit === Number.POSITIVE_INFINITY;
}

function findIndex(collection: Collection, fields: readonly string[]): Index | undefined {
  const wanted = JSON.stringify(fields);
  return collection.indexes.find((index) => JSON.stringify(index.fields) === wanted);
}

/** Without the id, which may be an address: errors end up in logs. */
function duplicate(collection: Collection): Error {
  return new Error(`Duplicate _id: "${collection.name}" already has a document with it`);
}
