import type { StoredDocument } from '../connection';
import type { Quirks } from '../quirks';
import { isEverything, isUpsert, newDocument, parseFields, parseName, parseReplacement } from './arguments';
import type { Catalog, CollectionInfo, IndexInfo } from './catalog';
import { type Database, numberAt, textAt } from './database';
import { NotFoundError } from './errors';
import { findBatches, resultBatches, type Source, selectedBatches } from './find';
import { newId } from './ids';
import { parseDocument } from './json';
import { type FindRequest, parseFindOptions } from './options';
import { noOverlay } from './overlay';
import { type Plan, planQuery } from './planner';
import { type CompiledQuery, compileQuery, fixedFields } from './query';
import { type Readers, Snapshot } from './readers';
import { type Recent, sampleOf } from './recent';
import type { JournaledRecords, Records } from './records';
import { batchQuery, matchingBatches, type RowReader, type Selected, wholeDocuments } from './scan';
import { StoredRecords } from './stored-records';
import { encodeText } from './text';
import { type Change, parseUpdate, setFields, type Update } from './update';
import type { Write } from './writes';

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
  readonly recent: Recent;
  readonly records: Pick<JournaledRecords, 'read' | 'has'>;
  readonly quirks: Quirks;
}

/**
 * The collections of a storage. Arguments come from the app and are checked here. What writes is given the records to
 * write to and belongs inside a {@link Write}.
 */
export class Documents {
  readonly #database: Database;
  readonly #catalog: Catalog;
  readonly #readers: Readers;
  readonly #recent: Recent;
  readonly #records: Pick<JournaledRecords, 'read' | 'has'>;
  readonly #quirks: Quirks;

  constructor({ database, catalog, readers, recent, records, quirks }: DocumentsParts) {
    this.#database = database;
    this.#catalog = catalog;
    this.#readers = readers;
    this.#recent = recent;
    this.#records = records;
    this.#quirks = quirks;
  }

  insert(name: unknown, documents: unknown): Write<StoredDocument | StoredDocument[]> {
    const collectionName = parseName(name);
    const all = Array.isArray(documents) ? documents.map(newDocument) : [newDocument(documents)];
    return (records) => {
      const collection = this.#ensure(collectionName);
      for (const document of all) this.#insert(records, collection, document);
      return Array.isArray(documents) ? all : (all[0] ?? []);
    };
  }

  findOne(name: unknown, idOrQuery: unknown): StoredDocument | null {
    const query = compileQuery(idOrQuery);
    const collection = this.#look(name);
    return collection ? (this.#first(this.#records, collection, query)?.document ?? null) : null;
  }

  stream(name: unknown, query: unknown, options: unknown): () => Iterable<StoredDocument[]> {
    return () => {
      const request = parseFindOptions(options);
      return resultBatches(this.#snapshotBatches(name, query, request), request);
    };
  }

  /** How many documents match, as batches of numbers to be added up. */
  count(name: unknown, query: unknown): Iterable<number[]> {
    const compiled = compileQuery(query ?? {});
    const collection = this.#look(name);
    if (!collection) return [];
    if (isEverything(query)) return [[this.#countAll(collection)]];
    const request = { ...parseFindOptions(undefined), countOnly: true };
    return countBatches(this.#compiledBatches(collection, compiled, request));
  }

  updateOne(
    name: unknown,
    idOrQuery: unknown,
    update: unknown,
    options: unknown,
  ): Write<StoredDocument | string | null> {
    return this.#changeOne(parseName(name), idOrQuery, parseUpdate(update), options);
  }

  replaceOne(
    name: unknown,
    idOrQuery: unknown,
    document: unknown,
    options: unknown,
  ): Write<StoredDocument | string | null> {
    const update = { change: parseReplacement(document), patch: null };
    return this.#changeOne(parseName(name), idOrQuery, update, options);
  }

  updateMany(name: unknown, query: unknown, update: unknown, options: unknown): Write<{ count: number }> {
    return this.#changeMany(parseName(name), compileQuery(query), parseUpdate(update), options);
  }

  replaceMany(name: unknown, query: unknown, document: unknown, options: unknown): Write<{ count: number }> {
    const update = { change: parseReplacement(document), patch: null };
    return this.#changeMany(parseName(name), compileQuery(query), update, options);
  }

  removeOne(name: unknown, idOrQuery: unknown): Write<{ _id: string }> {
    const collectionName = parseName(name);
    const query = compileQuery(idOrQuery);
    return (records) => {
      const collection = this.#look(collectionName);
      const found = collection && this.#first(records, collection, query);
      if (!found) throw new NotFoundError(collectionName);
      const { _id } = found.document;
      records.write(collection.table, _id, null, true);
      return { _id };
    };
  }

  removeMany(name: unknown, query: unknown, options: unknown): Write<{ count: number }> {
    const collectionName = parseName(name);
    const compiled = compileQuery(query);
    const request = parseFindOptions(options);
    return (records) => {
      const collection = this.#look(collectionName);
      if (!collection) return { count: 0 };
      const ids = this.#ids(collection, compiled, request);
      for (const id of ids) records.write(collection.table, id, null, true);
      return { count: ids.length };
    };
  }

  /** Belongs into the database itself, without recent records beside it. */
  createIndex(name: unknown, fields: unknown): Write<{ collection: string; fields: string[] }> {
    const collectionName = parseName(name);
    const paths = parseFields(fields);
    return () => {
      const collection = this.#ensure(collectionName);
      if (findIndex(collection, paths)) return { collection: collectionName, fields: paths };
      const index = this.#catalog.addIndex(collection, paths);
      const stored = new StoredRecords(this.#database, this.#catalog);
      const all = compileQuery({});
      const plan = planQuery(collection, all, []);
      const reader = wholeDocuments(all, plan);
      const everything = matchingBatches(
        () => this.#database,
        collection,
        plan,
        reader,
        noOverlay,
        Number.POSITIVE_INFINITY,
      );
      for (const batch of everything) stored.addToIndex(collection, index, batch);
      return { collection: collectionName, fields: paths };
    };
  }

  /** Belongs into the database itself, without recent records beside it. */
  removeIndex(name: unknown, fields: unknown): Write<{ collection: string; fields: string[] }> {
    const collectionName = parseName(name);
    const paths = parseFields(fields);
    return () => {
      const collection = this.#look(collectionName);
      const index = collection && findIndex(collection, paths);
      if (index) this.#catalog.dropIndex(index);
      return { collection: collectionName, fields: paths };
    };
  }

  /** Calls `visit` with the documents of a query as part of a write. Returns how many. */
  visitAll(
    name: unknown,
    query: unknown,
    options: unknown,
    visit: (document: StoredDocument) => void,
  ): number {
    const collection = this.#look(name);
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
      count: this.#countAll(collection),
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

  #look(name: unknown): CollectionInfo | undefined {
    this.#catalog.refresh();
    return this.#catalog.find(parseName(name));
  }

  /** A collection is made in the database at once: it may stay empty when the write that needs it fails. */
  #ensure(name: string): CollectionInfo {
    const known = this.#look(name);
    if (known) return known;
    try {
      return this.#database.transaction(() => {
        this.#catalog.refresh();
        return this.#catalog.ensure(name);
      });
    } catch (error) {
      this.#catalog.forget();
      throw error;
    }
  }

  #countAll(collection: CollectionInfo): number {
    const recent = this.#recent.all(collection.table);
    const count = numberAt(this.#database.row(`SELECT count(*) FROM ${collection.table}`), 0);
    if (recent.size === 0) return count;
    const snapshot = new Snapshot(this.#readers);
    try {
      const stored = snapshot.database();
      let sum = numberAt(stored.row(`SELECT count(*) FROM ${collection.table}`), 0);
      for (const [id, { text }] of recent) {
        if (stored.row(collection.selectSql, [encodeText(id)]) !== undefined) sum -= 1;
        if (text !== null) sum += 1;
      }
      return sum;
    } finally {
      snapshot.release();
    }
  }

  #sourceOf(collection: CollectionInfo, database: () => Database): Source {
    const { table } = collection;
    return {
      database,
      holdRecent: () => this.#recent.hold(table),
      read: (id) => this.#records.read(table, id),
    };
  }

  #batches(
    collection: CollectionInfo,
    query: CompiledQuery,
    request: FindRequest,
  ): Generator<Selected[], void> {
    return findBatches(
      this.#sourceOf(collection, () => this.#database),
      collection,
      query,
      request,
    );
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
      yield* selectedBatches(this.#sourceOf(collection, snapshot.database), collection, query, request);
    } finally {
      snapshot.release();
    }
  }

  /** The first document that matches, in no promised order. */
  #first(
    records: Pick<Records, 'read'>,
    collection: CollectionInfo,
    query: CompiledQuery,
  ): Found | undefined {
    const { namedId } = query;
    if (namedId !== undefined) {
      const text = records.read(collection.table, namedId);
      if (text === null) return undefined;
      const document = parseDocument(text);
      return query.matches(document) ? { document, text } : undefined;
    }
    for (const batch of this.#batches(collection, query, { ...parseFindOptions(undefined), limit: 1 })) {
      const [found] = batch;
      if (found) return { document: found.document, text: null };
    }
    return undefined;
  }

  /** The ids of the documents, collected before any is changed, so that none is met twice. */
  #ids(collection: CollectionInfo, query: CompiledQuery, request: FindRequest): string[] {
    if (query.onlyIds && query.ids && request.offset === 0 && request.limit >= query.ids.length)
      return query.ids.filter((id) => this.#records.has(collection.table, id));
    const ids: string[] = [];
    for (const batch of this.#batches(collection, query, request))
      for (const { document } of batch) ids.push(document._id);
    return ids;
  }

  #changeOne(
    name: string,
    idOrQuery: unknown,
    update: Update,
    options: unknown,
  ): Write<StoredDocument | string | null> {
    const query = compileQuery(idOrQuery);
    const upsert = isUpsert(options);
    return (records) => {
      const collection = upsert ? this.#ensure(name) : this.#look(name);
      const found = collection && this.#first(records, collection, query);
      if (!collection || !(found || upsert)) return this.#noMatch(records, name, collection, query);
      const document = found
        ? changeFound(records, collection, found, update)
        : this.#create(records, collection, query, update.change, typeof idOrQuery === 'string');
      return upsert ? this.#upsertResult(document) : document;
    };
  }

  #changeMany(
    name: string,
    query: CompiledQuery,
    update: Update,
    options: unknown,
  ): Write<{ count: number }> {
    const upsert = isUpsert(options);
    return (records) => {
      const collection = upsert ? this.#ensure(name) : this.#look(name);
      if (!collection) return { count: 0 };
      const ids = this.#ids(collection, query, parseFindOptions(undefined));
      for (const id of ids) {
        if (update.patch !== null) {
          records.patch(collection.table, id, update.patch);
          continue;
        }
        const text = records.read(collection.table, id);
        if (text !== null) changeFound(records, collection, { document: parseDocument(text), text }, update);
      }
      if (ids.length > 0 || !upsert) return { count: ids.length };
      this.#create(records, collection, query, update.change, false);
      return { count: 1 };
    };
  }

  #noMatch(
    records: Records,
    name: string,
    collection: CollectionInfo | undefined,
    query: CompiledQuery,
  ): StoredDocument | null {
    if (this.#quirks.noMatch === 'rejects') throw new NotFoundError(name);
    if (this.#quirks.noMatch === 'null' || !collection || query.namedId === undefined) return null;
    const text = records.read(collection.table, query.namedId);
    return text === null ? null : parseDocument(text);
  }

  #upsertResult(document: StoredDocument): StoredDocument | string | null {
    if (this.#quirks.upsertResult === 'id') return document._id;
    return this.#quirks.upsertResult === 'document' ? document : null;
  }

  #create(
    records: Records,
    collection: CollectionInfo,
    query: CompiledQuery,
    change: Change,
    isById: boolean,
  ): StoredDocument {
    const keepsId = isById || this.#quirks.upsertByQuery === 'keepsId';
    const id = keepsId ? query.namedId : undefined;
    const document: StoredDocument = { _id: id ?? newId() };
    setFields(fixedFields(query))(document);
    change(document);
    if (records.read(collection.table, document._id) !== null) throw duplicate(collection);
    const sample = sampleOf(document, collection.roots);
    records.write(collection.table, document._id, JSON.stringify(document), false, sample);
    return document;
  }

  #insert(records: Records, collection: CollectionInfo, document: StoredDocument): void {
    const exists = records.read(collection.table, document._id) !== null;
    if (exists && this.#quirks.duplicateInsert === 'rejects') throw duplicate(collection);
    const sample = sampleOf(document, collection.roots);
    records.write(collection.table, document._id, JSON.stringify(document), exists, sample);
  }
}

/** A document that was found, and its text if it was read for it. */
interface Found {
  readonly document: StoredDocument;
  readonly text: string | null;
}

function changeFound(
  records: Records,
  { table, roots }: CollectionInfo,
  { document, text: before }: Found,
  { change, patch }: Update,
): StoredDocument {
  change(document);
  if (patch !== null) {
    records.patch(table, document._id, patch);
    return document;
  }
  const text = JSON.stringify(document);
  if (text !== before) records.write(table, document._id, text, true, sampleOf(document, roots));
  return document;
}

function* countBatches(batches: Iterable<Selected[]>): Generator<number[], void> {
  for (const batch of batches) yield [batch.length];
}

function findIndex(collection: CollectionInfo, fields: readonly string[]): IndexInfo | undefined {
  const wanted = JSON.stringify(fields);
  return collection.indexes.find((index) => JSON.stringify(index.fields) === wanted);
}

/** Without the id, which may be an address: errors end up in logs. */
function duplicate(collection: CollectionInfo): Error {
  return new Error(`Duplicate _id: "${collection.name}" already has a document with it`);
}
