import type { StoredDocument } from '../connection';
import type { Quirks } from '../quirks';
import {
  isEverything,
  isUpsert,
  newDocument,
  parseFields,
  parseName,
  parseReplacement,
  replaceWith,
} from './arguments';
import type { Catalog, CollectionInfo, IndexInfo } from './catalog';
import { type Database, textAt } from './database';
import { NotFoundError } from './errors';
import { findBatches, resultBatches, type Selected, selectedBatches } from './find';
import { newId } from './ids';
import { type FindRequest, parseFindOptions } from './options';
import { type Plan, planQuery } from './planner';
import { type CompiledQuery, compileQuery, fixedFields } from './query';
import { type Readers, Snapshot } from './readers';
import { Rows } from './rows';
import { batchQuery, type Found, type RowReader, wholeDocuments } from './scan';
import { BatchStream } from './stream';
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
  /** ISO date; null when it was not noted. */
  readonly created: string | null;
  /** The fields of each index. */
  readonly indexes: readonly (readonly string[])[];
  /** How many documents it has. */
  readonly count: number;
}

interface DocumentsParts {
  readonly database: Database;
  readonly catalog: Catalog;
  readonly readers: Readers;
  readonly quirks: Quirks;
}

/** The collections of a storage. Every call is one transaction; arguments come from the app and are checked here. */
export class Documents {
  readonly #database: Database;
  readonly #catalog: Catalog;
  readonly #readers: Readers;
  readonly #quirks: Quirks;
  readonly #rows: Rows;

  constructor({ database, catalog, readers, quirks }: DocumentsParts) {
    this.#database = database;
    this.#catalog = catalog;
    this.#readers = readers;
    this.#quirks = quirks;
    this.#rows = new Rows(database, catalog);
  }

  insert(name: unknown, documents: unknown): StoredDocument | StoredDocument[] {
    const collectionName = parseName(name);
    if (!Array.isArray(documents)) {
      const document = newDocument(documents);
      this.#write(() => this.#insert(this.#catalog.ensure(collectionName), document));
      return document;
    }
    const all = documents.map(newDocument);
    this.#write(() => {
      const collection = this.#catalog.ensure(collectionName);
      for (const document of all) this.#insert(collection, document);
    });
    return all;
  }

  findOne(name: unknown, idOrQuery: unknown): StoredDocument | null {
    const query = compileQuery(idOrQuery);
    const collection = this.#look(name);
    return collection ? (this.#rows.first(collection, query)?.document ?? null) : null;
  }

  stream(name: unknown, query: unknown, options: unknown): BatchStream<StoredDocument> {
    return new BatchStream(() => {
      const request = parseFindOptions(options);
      return resultBatches(this.#snapshotBatches(name, query, request), request);
    });
  }

  async count(name: unknown, query: unknown): Promise<number> {
    const compiled = compileQuery(query ?? {});
    const collection = this.#look(name);
    if (!collection) return 0;
    if (isEverything(query)) {
      return this.#rows.count(collection);
    }
    let count = 0;
    const request = { ...parseFindOptions(undefined), countOnly: true };
    const batches = new BatchStream(() => countBatches(this.#compiledBatches(collection, compiled, request)));
    for await (const size of batches) count += size;
    return count;
  }

  updateOne(
    name: unknown,
    idOrQuery: unknown,
    update: unknown,
    options: unknown,
  ): StoredDocument | string | null {
    return this.#changeOne(
      parseName(name),
      compileQuery(idOrQuery),
      parseUpdate(update),
      options,
      isString(idOrQuery),
    );
  }

  replaceOne(
    name: unknown,
    idOrQuery: unknown,
    document: unknown,
    options: unknown,
  ): StoredDocument | string | null {
    return this.#changeOne(
      parseName(name),
      compileQuery(idOrQuery),
      parseReplacement(document),
      options,
      isString(idOrQuery),
    );
  }

  updateMany(name: unknown, query: unknown, update: unknown, options: unknown): { count: number } {
    return this.#changeMany(parseName(name), compileQuery(query), parseUpdate(update), options);
  }

  replaceMany(name: unknown, query: unknown, document: unknown, options: unknown): { count: number } {
    return this.#changeMany(parseName(name), compileQuery(query), parseReplacement(document), options);
  }

  removeOne(name: unknown, idOrQuery: unknown): { _id: string } {
    const collectionName = parseName(name);
    const query = compileQuery(idOrQuery);
    return this.#write(() => {
      const collection = this.#catalog.find(collectionName);
      const found = collection && this.#rows.first(collection, query);
      if (!found) throw new NotFoundError(collectionName);
      this.#rows.remove(collection, found);
      return { _id: found.document._id };
    });
  }

  removeMany(name: unknown, query: unknown, options: unknown): { count: number } {
    const collectionName = parseName(name);
    const compiled = compileQuery(query);
    const request = parseFindOptions(options);
    return this.#write(() => {
      const collection = this.#catalog.find(collectionName);
      if (!collection) return { count: 0 };
      const numbers = this.#numbers(collection, compiled, request);
      for (const n of numbers) {
        const found = this.#rows.byNumber(collection, n);
        if (found) this.#rows.remove(collection, found);
      }
      return { count: numbers.length };
    });
  }

  createIndex(name: unknown, fields: unknown): { collection: string; fields: string[] } {
    const collectionName = parseName(name);
    const paths = parseFields(fields);
    this.#write(() => {
      const collection = this.#catalog.ensure(collectionName);
      if (findIndex(collection, paths)) return;
      const index = this.#catalog.addIndex(collection, paths);
      for (const batch of this.#batches(collection, compileQuery({}), parseFindOptions(undefined))) {
        for (const found of batch) this.#rows.addToIndex(index, found);
      }
    });
    return { collection: collectionName, fields: paths };
  }

  removeIndex(name: unknown, fields: unknown): { collection: string; fields: string[] } {
    const collectionName = parseName(name);
    const paths = parseFields(fields);
    this.#write(() => {
      const collection = this.#catalog.find(collectionName);
      const index = collection && findIndex(collection, paths);
      if (index) this.#catalog.dropIndex(index);
    });
    return { collection: collectionName, fields: paths };
  }

  /** Calls `visit` with the documents of a query inside the running transaction. Returns how many. */
  visitAll(
    name: unknown,
    query: unknown,
    options: unknown,
    visit: (document: StoredDocument) => void,
  ): number {
    this.#catalog.refresh();
    const collection = this.#catalog.find(parseName(name));
    if (!collection) return 0;
    let count = 0;
    for (const batch of this.#batches(collection, compileQuery(query), parseFindOptions(options))) {
      for (const { document } of batch) visit(document);
      count += batch.length;
    }
    return count;
  }

  /** The names of all collections. */
  names(): string[] {
    this.#catalog.refresh();
    return this.#catalog.names();
  }

  /** What there is of every collection. */
  describe(): CollectionDescription[] {
    this.#catalog.refresh();
    return this.#catalog.all().map((collection) => ({
      name: collection.name,
      created: collection.created,
      indexes: collection.indexes.map(({ fields }) => fields),
      count: this.#rows.count(collection),
    }));
  }

  explain(name: unknown, query: unknown, options: unknown): Explanation {
    const collection = this.#look(name);
    if (!collection) return { path: 'scan', sorted: true, sqlite: [] };
    const compiled = compileQuery(query);
    const plan = planQuery(collection, compiled, parseFindOptions(options).sort);
    const sqlite = this.#explainPlan(collection, plan, wholeDocuments(compiled, plan));
    return { path: plan.path.name, sorted: plan.sorted, sqlite };
  }

  #explainPlan(collection: CollectionInfo, plan: Plan, rowReader: RowReader<unknown>): string[] {
    const segment = plan.segments[0];
    if (!segment) return [];
    const { sql, parameters } = batchQuery(collection, plan, rowReader, segment, undefined, 1);
    return this.#readers.once((reader) =>
      reader.rows(`EXPLAIN QUERY PLAN ${sql}`, parameters).map((row) => textAt(row, 3)),
    );
  }

  #write<T>(work: () => T): T {
    try {
      return this.#database.transaction(() => {
        this.#catalog.refresh();
        return work();
      });
    } catch (error) {
      this.#catalog.forget();
      throw error;
    }
  }

  #look(name: unknown): CollectionInfo | undefined {
    this.#catalog.refresh();
    return this.#catalog.find(parseName(name));
  }

  #batches(collection: CollectionInfo, query: CompiledQuery, request: FindRequest): Iterable<Found[]> {
    return findBatches(() => this.#database, collection, query, request);
  }

  *#snapshotBatches(name: unknown, query: unknown, request: FindRequest): Generator<Selected[], void> {
    const compiled = compileQuery(query ?? {});
    const collection = this.#look(name);
    if (collection) yield* this.#compiledBatches(collection, compiled, request);
  }

  *#compiledBatches(
    collection: CollectionInfo,
    query: CompiledQuery,
    request: FindRequest,
  ): Generator<Selected[], void> {
    const snapshot = new Snapshot(this.#readers);
    try {
      yield* selectedBatches(snapshot.database, collection, query, request);
    } finally {
      snapshot.release();
    }
  }

  /** The numbers of the documents, collected before any is changed, so that none is met twice. */
  #numbers(collection: CollectionInfo, query: CompiledQuery, request: FindRequest): number[] {
    const numbers: number[] = [];
    for (const batch of this.#batches(collection, query, request)) for (const { n } of batch) numbers.push(n);
    return numbers;
  }

  #changeOne(
    name: string,
    query: CompiledQuery,
    change: Change,
    options: unknown,
    isById: boolean,
  ): StoredDocument | string | null {
    const upsert = isUpsert(options);
    return this.#write(() => {
      const collection = upsert ? this.#catalog.ensure(name) : this.#catalog.find(name);
      const found = collection && this.#rows.first(collection, query);
      if (!collection || !(found || upsert)) return this.#noMatch(name, collection, query);
      const document = found
        ? this.#rows.change(collection, found, change)
        : this.#create(collection, query, change, isById);
      return upsert ? this.#upsertResult(document) : document;
    });
  }

  #changeMany(name: string, query: CompiledQuery, change: Change, options: unknown): { count: number } {
    const upsert = isUpsert(options);
    return this.#write(() => {
      const collection = upsert ? this.#catalog.ensure(name) : this.#catalog.find(name);
      if (!collection) return { count: 0 };
      const numbers = this.#numbers(collection, query, parseFindOptions(undefined));
      for (const n of numbers) {
        const found = this.#rows.byNumber(collection, n);
        if (found) this.#rows.change(collection, found, change);
      }
      if (numbers.length > 0 || !upsert) return { count: numbers.length };
      this.#create(collection, query, change, false);
      return { count: 1 };
    });
  }

  #noMatch(
    name: string,
    collection: CollectionInfo | undefined,
    query: CompiledQuery,
  ): StoredDocument | null {
    if (this.#quirks.noMatch === 'rejects') throw new NotFoundError(name);
    if (this.#quirks.noMatch === 'null' || !collection || query.namedId === undefined) return null;
    return this.#rows.byId(collection, query.namedId)?.document ?? null;
  }

  #upsertResult(document: StoredDocument): StoredDocument | string | null {
    if (this.#quirks.upsertResult === 'id') return document._id;
    return this.#quirks.upsertResult === 'document' ? document : null;
  }

  #create(collection: CollectionInfo, query: CompiledQuery, change: Change, isById: boolean): StoredDocument {
    const keepsId = isById || this.#quirks.upsertByQuery === 'keepsId';
    const id = keepsId ? query.namedId : undefined;
    const document: StoredDocument = { _id: id ?? newId() };
    setFields(fixedFields(query))(document);
    change(document);
    const text = JSON.stringify(document);
    if (!this.#rows.insert(collection, document, text)) throw duplicate(collection);
    return document;
  }

  #insert(collection: CollectionInfo, document: StoredDocument): void {
    if (this.#rows.insert(collection, document, JSON.stringify(document))) return;
    if (this.#quirks.duplicateInsert === 'rejects') throw duplicate(collection);
    const found = this.#rows.byId(collection, document._id);
    if (found) this.#rows.change(collection, found, replaceWith(document));
  }
}

function* countBatches(batches: Iterable<Selected[]>): Generator<number[], void> {
  for (const batch of batches) yield [batch.length];
}

function findIndex(collection: CollectionInfo, fields: readonly string[]): IndexInfo | undefined {
  const wanted = JSON.stringify(fields);
  return collection.indexes.find((index) => JSON.stringify(index.fields) === wanted);
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

/** Without the id, which may be an address: errors end up in logs. */
function duplicate(collection: CollectionInfo): Error {
  return new Error(`Duplicate _id: "${collection.name}" already has a document with it`);
}
