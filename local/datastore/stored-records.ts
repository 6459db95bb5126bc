import type { StoredDocument } from '../connection';
import type { Catalog, CollectionInfo, IndexInfo } from './catalog';
import { type Database, numberAt, textAt } from './database';
import { type Entries, entriesOf, missingIn } from './entries';
import { FieldStates } from './field-states';
import { parseDocument } from './json';
import { applyPatch, type Patch } from './patch';
import { plainTables } from './plain-tables';
import type { Records } from './records';
import { encodeText } from './text';

/** The records of the database. Documents have their index entries with them. Writes belong inside a transaction. */
export class StoredRecords implements Records {
  readonly #database: Database;
  readonly #catalog: Catalog;

  constructor(database: Database, catalog: Catalog) {
    this.#database = database;
    this.#catalog = catalog;
  }

  read(table: string, id: string): string | null {
    const collection = this.#catalog.byTable(table);
    if (collection === undefined) return plainTables[table]?.read(this.#database, id) ?? null;
    const row = this.#database.row(collection.selectSql, [encodeText(id)]);
    return row === undefined ? null : textAt(row, 0);
  }

  write(table: string, id: string, text: string | null, existed: boolean): void {
    const collection = this.#catalog.byTable(table);
    if (collection !== undefined) this.#writeDocument(collection, id, text, existed);
    else if (text === null) plainTables[table]?.remove(this.#database, id);
    else plainTables[table]?.put(this.#database, id, text);
  }

  patch(table: string, id: string, patch: Patch): void {
    const text = this.read(table, id);
    if (text !== null) this.write(table, id, applyPatch(parseDocument(text), text, patch), true);
  }

  /** Adds the entries of a document that was there before its index. */
  addToIndex(index: IndexInfo, n: number, document: StoredDocument): void {
    this.#addAll(index, n, entriesOf(index, document));
  }

  #writeDocument(collection: CollectionInfo, id: string, text: string | null, existed: boolean): void {
    const row = existed ? this.#database.row(collection.selectSql, [encodeText(id)]) : undefined;
    if (row === undefined) {
      if (text !== null) this.#insert(collection, id, text);
      return;
    }
    const n = numberAt(row, 1);
    if (text === null) this.#remove(collection, n, parseDocument(textAt(row, 0)));
    else if (text !== textAt(row, 0)) this.#update(collection, n, textAt(row, 0), text);
  }

  #insert(collection: CollectionInfo, id: string, text: string): void {
    const { rowid } = this.#database.run(collection.insertSql, [encodeText(id), text]);
    if (collection.indexes.length === 0) return;
    const document = parseDocument(text);
    for (const index of collection.indexes) this.#addAll(index, rowid, entriesOf(index, document));
  }

  /** Changes a document and those of its entries that differ. */
  #update(collection: CollectionInfo, n: number, textBefore: string, text: string): void {
    this.#database.run(collection.updateSql, [text, n]);
    if (collection.indexes.length === 0) return;
    const before = new FieldStates(parseDocument(textBefore), collection.roots);
    const document = parseDocument(text);
    for (const index of collection.indexes) {
      if (!index.roots.some((root) => before.isChanged(root, document))) continue;
      const old = entriesOf(index, before.document());
      const now = entriesOf(index, document);
      for (const tuple of missingIn(old.tuples, now.tuples))
        this.#database.run(index.deleteSql, [...tuple, n]);
      this.#addAll(index, n, { ...now, tuples: missingIn(now.tuples, old.tuples) });
    }
  }

  #remove(collection: CollectionInfo, n: number, document: StoredDocument): void {
    for (const index of collection.indexes) {
      for (const tuple of entriesOf(index, document).tuples)
        this.#database.run(index.deleteSql, [...tuple, n]);
    }
    this.#database.run(`DELETE FROM ${collection.table} WHERE n = ?`, [n]);
  }

  #addAll(index: IndexInfo, n: number, { tuples, irregular }: Entries): void {
    for (const field of irregular) {
      if (index.irregular[field] !== true) this.#catalog.markIrregular(index, field);
    }
    for (const tuple of tuples) this.#database.run(index.insertSql, [...tuple, n]);
  }
}
