import type { StoredDocument } from '../connection';
import type { Catalog, CollectionInfo, IndexInfo } from './catalog';
import { type Database, numberAt, textAt } from './database';
import { type Entries, entriesOf, missingIn } from './entries';
import { FieldStates } from './field-states';
import { parseDocument } from './json';
import { planQuery } from './planner';
import type { CompiledQuery } from './query';
import { type Found, matchingBatches, wholeDocuments } from './scan';
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
    for (const batch of matchingBatches(
      () => this.#database,
      collection,
      plan,
      wholeDocuments(query, plan),
      1,
    )) {
      const [found] = batch;
      if (found) return found;
    }
    return undefined;
  }

  byId(collection: CollectionInfo, id: string): Found | undefined {
    const row = this.#database.row(collection.selectSql, [encodeText(id)]);
    return row && asFound(numberAt(row, 1), textAt(row, 0));
  }

  byNumber(collection: CollectionInfo, n: number): Found | undefined {
    const row = this.#database.row(`SELECT doc FROM ${collection.table} WHERE n = ?`, [n]);
    return row && asFound(n, textAt(row, 0));
  }

  count(collection: CollectionInfo): number {
    return numberAt(this.#database.row(`SELECT count(*) FROM ${collection.table}`), 0);
  }

  /** Adds a document and its entries; false when the id is taken. */
  insert(collection: CollectionInfo, document: StoredDocument, text: string): boolean {
    const { changes, rowid } = this.#database.run(collection.insertSql, [encodeText(document._id), text]);
    if (changes === 0) return false;
    for (const index of collection.indexes) this.#addAll(index, rowid, entriesOf(index, document));
    return true;
  }

  /**
   * Changes a stored document and those of its entries that differ.
   * @returns the new state: the document itself
   */
  change(
    collection: CollectionInfo,
    { n, document, text: textBefore }: Found,
    change: Change,
  ): StoredDocument {
    const before = new FieldStates(document, collection.roots);
    change(document);
    const text = JSON.stringify(document);
    if (text === textBefore) return document;
    this.#database.run(collection.updateSql, [text, n]);
    for (const index of collection.indexes) {
      if (!index.roots.some((root) => before.isChanged(root, document))) continue;
      const old = entriesOf(index, before.document());
      const now = entriesOf(index, document);
      for (const tuple of missingIn(old.tuples, now.tuples))
        this.#database.run(index.deleteSql, [...tuple, n]);
      this.#addAll(index, n, { ...now, tuples: missingIn(now.tuples, old.tuples) });
    }
    return document;
  }

  remove(collection: CollectionInfo, { n, document }: Found): void {
    for (const index of collection.indexes) {
      for (const tuple of entriesOf(index, document).tuples)
        this.#database.run(index.deleteSql, [...tuple, n]);
    }
    this.#database.run(`DELETE FROM ${collection.table} WHERE n = ?`, [n]);
  }

  /** Adds the entries of a document that was there before its index. */
  addToIndex(index: IndexInfo, { n, document }: Found): void {
    this.#addAll(index, n, entriesOf(index, document));
  }

  #addAll(index: IndexInfo, n: number, { tuples, irregular }: Entries): void {
    for (const field of irregular) {
      if (index.irregular[field] !== true) this.#catalog.markIrregular(index, field);
    }
    for (const tuple of tuples) this.#database.run(index.insertSql, [...tuple, n]);
  }
}

function asFound(n: number, text: string): Found {
  return { n, document: parseDocument(text), text };
}
