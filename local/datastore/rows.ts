import type { StoredDocument } from '../connection';
import { type Catalog, type CollectionInfo, entryColumns, type IndexInfo } from './catalog';
import { type Database, numberAt, textAt } from './database';
import { type Entries, type EntryCell, entriesOf } from './entries';
import { parseDocument } from './json';
import { planQuery } from './planner';
import type { CompiledQuery } from './query';
import { type Found, matchingBatches } from './scan';
import { encodeText } from './text';
import type { Change } from './update';

/**
 * Single documents of a collection together with their index entries, which change with them. Writes
 * belong inside a transaction.
 */
export class Rows {
  readonly #database: Database;
  readonly #catalog: Catalog;

  constructor(database: Database, catalog: Catalog) {
    this.#database = database;
    this.#catalog = catalog;
  }

  /** The first document that matches, in no promised order. */
  first(collection: CollectionInfo, query: CompiledQuery): Found | undefined {
    if (query.onlyId !== undefined) return this.byId(collection, query.onlyId);
    const plan = planQuery(collection, query, []);
    for (const batch of matchingBatches(() => this.#database, collection, query, plan, 1)) {
      const [found] = batch;
      if (found) return found;
    }
    return undefined;
  }

  byId(collection: CollectionInfo, id: string): Found | undefined {
    const sql = `SELECT doc, n FROM ${collection.table} WHERE id = ?`;
    const row = this.#database.row(sql, [encodeText(id)]);
    return row && { n: numberAt(row, 1), document: parseDocument(textAt(row, 0)) };
  }

  byNumber(collection: CollectionInfo, n: number): Found | undefined {
    const row = this.#database.row(`SELECT doc FROM ${collection.table} WHERE n = ?`, [n]);
    return row && { n, document: parseDocument(textAt(row, 0)) };
  }

  count(collection: CollectionInfo): number {
    return numberAt(this.#database.row(`SELECT count(*) FROM ${collection.table}`), 0);
  }

  /** Adds a document and its entries; false when the id is taken. */
  insert(collection: CollectionInfo, document: StoredDocument, text: string): boolean {
    const { changes, rowid } = this.#database.run(
      `INSERT INTO ${collection.table} (id, doc) VALUES (?, ?) ON CONFLICT (id) DO NOTHING`,
      [encodeText(document._id), text],
    );
    if (changes === 0) return false;
    for (const index of collection.indexes) {
      this.#addEntries(index, rowid, entriesOf(index, document), undefined);
    }
    return true;
  }

  /** Changes a stored document and those of its entries that differ. Returns a copy of the new state. */
  change(collection: CollectionInfo, { n, document }: Found, change: Change): StoredDocument {
    const before = collection.indexes.map((index) => entriesOf(index, document));
    const textBefore = JSON.stringify(document);
    change(document);
    const text = JSON.stringify(document);
    const changed = parseDocument(text);
    if (text === textBefore) return changed;
    this.#database.run(`UPDATE ${collection.table} SET doc = ? WHERE n = ?`, [text, n]);
    for (const [at, index] of collection.indexes.entries()) {
      const after = entriesOf(index, changed);
      this.#removeEntries(index, n, before[at], after);
      this.#addEntries(index, n, after, before[at]);
    }
    return changed;
  }

  remove(collection: CollectionInfo, { n, document }: Found): void {
    for (const index of collection.indexes) {
      this.#removeEntries(index, n, entriesOf(index, document), undefined);
    }
    this.#database.run(`DELETE FROM ${collection.table} WHERE n = ?`, [n]);
  }

  /** Adds the entries of a document that was there before its index. */
  addToIndex(index: IndexInfo, { n, document }: Found): void {
    this.#addEntries(index, n, entriesOf(index, document), undefined);
  }

  #addEntries(index: IndexInfo, n: number, entries: Entries, present: Entries | undefined): void {
    for (const field of entries.irregular) {
      if (index.irregular[field] !== true) this.#catalog.markIrregular(index, field);
    }
    for (const tuple of missingIn(entries, present)) {
      const marks = [...tuple, n].map(() => '?').join(', ');
      this.#database.run(`INSERT INTO ${index.table} VALUES (${marks})`, [...tuple, n]);
    }
  }

  #removeEntries(index: IndexInfo, n: number, entries: Entries | undefined, kept: Entries | undefined): void {
    const where = entryColumns(index.fields)
      .map((column) => `${column} = ? AND `)
      .join('');
    for (const tuple of entries ? missingIn(entries, kept) : []) {
      this.#database.run(`DELETE FROM ${index.table} WHERE ${where}n = ?`, [...tuple, n]);
    }
  }
}

function* missingIn(entries: Entries, others: Entries | undefined): Generator<readonly EntryCell[], void> {
  for (const [key, tuple] of entries.tuples) if (!others?.tuples.has(key)) yield tuple;
}
