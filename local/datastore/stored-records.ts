import type { StoredDocument } from '../connection';
import { deleteRows, insertRows, Rows, selectRows, updateRows } from './bulk';
import { type Catalog, type CollectionInfo, entryColumns, type IndexInfo } from './catalog';
import { type Database, numberAt, textAt } from './database';
import { type Entries, type EntryCell, entriesOf, missingIn } from './entries';
import { FieldStates } from './field-states';
import { parseDocument } from './json';
import { applyPatch, type Patch } from './patch';
import { plainTables } from './plain-tables';
import type { Records } from './records';
import { encodeText } from './text';

/** Documents that are gathered before they are written. */
const mostGathered = 5000;

/** What a document shall be. */
interface Gathered {
  /** Undefined: what is stored, patched. */
  text: string | null | undefined;
  patch: Patch | null;
  /** Whether something may be stored under its id. */
  readonly existed: boolean;
}

/**
 * The records of the database. Documents have their index entries with them. Writes belong inside a transaction, which
 * ends with {@link flush}: documents are gathered until then, and written many at once.
 */
export class StoredRecords implements Records {
  readonly #database: Database;
  readonly #catalog: Catalog;
  #gathered = new Map<string, Map<string, Gathered>>();
  #count = 0;

  constructor(database: Database, catalog: Catalog) {
    this.#database = database;
    this.#catalog = catalog;
  }

  read(table: string, id: string): string | null {
    if (this.#gathered.get(table)?.has(id)) this.flush();
    const collection = this.#catalog.byTable(table);
    if (collection === undefined) return plainTables[table]?.read(this.#database, id) ?? null;
    const row = this.#database.row(collection.selectSql, [encodeText(id)]);
    return row === undefined ? null : textAt(row, 0);
  }

  write(table: string, id: string, text: string | null, existed: boolean): void {
    if (this.#catalog.byTable(table) !== undefined) this.#gather(table, id, { text, patch: null, existed });
    else if (text === null) plainTables[table]?.remove(this.#database, id);
    else plainTables[table]?.put(this.#database, id, text);
  }

  patch(table: string, id: string, patch: Patch): void {
    this.#gather(table, id, { text: undefined, patch, existed: true });
  }

  /** Writes what was gathered. */
  flush(): void {
    const gathered = this.#gathered;
    this.discard();
    for (const [table, documents] of gathered) {
      const collection = this.#catalog.byTable(table);
      if (collection !== undefined)
        new CollectionWriter(this.#database, this.#catalog, collection).write(documents);
    }
  }

  /** Forgets what was gathered, when the transaction fails. */
  discard(): void {
    this.#gathered = new Map();
    this.#count = 0;
  }

  /** Adds the entries of documents that were there before their index. */
  addToIndex(
    collection: CollectionInfo,
    index: IndexInfo,
    documents: readonly { n: number; document: StoredDocument }[],
  ): void {
    const writer = new CollectionWriter(this.#database, this.#catalog, collection);
    for (const { n, document } of documents) writer.addEntries(index, n, entriesOf(index, document));
    writer.finish();
  }

  #gather(table: string, id: string, wanted: Gathered): void {
    let documents = this.#gathered.get(table);
    if (documents === undefined) {
      documents = new Map();
      this.#gathered.set(table, documents);
    }
    const known = documents.get(id);
    if (known === undefined) {
      documents.set(id, wanted);
      this.#count += 1;
      if (this.#count >= mostGathered) this.flush();
    } else if (wanted.text === undefined) {
      known.patch = { ...known.patch, ...wanted.patch };
    } else {
      known.text = wanted.text;
      known.patch = null;
    }
  }
}

/** Writes many documents of one collection with their index entries, each table by a few statements. */
class CollectionWriter {
  readonly #database: Database;
  readonly #catalog: Catalog;
  readonly #collection: CollectionInfo;
  readonly #inserted = new Rows(3);
  readonly #updated = new Rows(2);
  readonly #removed = new Rows(1);
  readonly #entries = new Map<IndexInfo, { readonly added: Rows; readonly removed: Rows }>();
  #next: number | undefined;

  constructor(database: Database, catalog: Catalog, collection: CollectionInfo) {
    this.#database = database;
    this.#catalog = catalog;
    this.#collection = collection;
  }

  write(documents: ReadonlyMap<string, Gathered>): void {
    const stored = this.#read([...documents].filter(([, { existed }]) => existed).map(([id]) => id));
    for (const [id, { text, patch }] of documents) {
      const key = encodeText(id);
      const before = stored.get(key);
      const base = text === undefined ? (before?.text ?? null) : text;
      if (base === null) {
        if (before !== undefined) this.#remove(before.n, parseDocument(before.text));
      } else this.#put(key, base, patch, before);
    }
    this.finish();
  }

  /** Adds entries of a document to those that {@link finish} writes. */
  addEntries(index: IndexInfo, n: number, { tuples, irregular }: Entries): void {
    for (const field of irregular) {
      if (index.irregular[field] !== true) this.#catalog.markIrregular(index, field);
    }
    const { added } = this.#entriesOf(index);
    for (const tuple of tuples) added.add(tuple, n);
  }

  finish(): void {
    const { table } = this.#collection;
    insertRows(this.#database, table, this.#inserted);
    updateRows(this.#database, table, { key: 'n', column: 'doc' }, this.#updated);
    deleteRows(this.#database, table, ['n'], this.#removed);
    for (const [index, { added, removed }] of this.#entries) {
      deleteRows(this.#database, index.table, [...entryColumns(index.fields), 'n'], removed);
      insertRows(this.#database, index.table, added);
    }
  }

  #read(ids: readonly string[]): Map<string, { n: number; text: string }> {
    const columns = ['id', 'n', 'doc'];
    const wanted = new Rows(1);
    for (const id of ids) wanted.add([encodeText(id)]);
    const rows = selectRows(this.#database, this.#collection.table, columns, 'id', wanted);
    return new Map(rows.map((row) => [textAt(row, 0), { n: numberAt(row, 1), text: textAt(row, 2) }]));
  }

  #put(
    key: string,
    base: string,
    patch: Patch | null,
    before: { n: number; text: string } | undefined,
  ): void {
    const { indexes } = this.#collection;
    const document = indexes.length > 0 || patch !== null ? parseDocument(base) : null;
    const text = document && patch ? applyPatch(document, base, patch) : base;
    if (before === undefined) {
      const n = this.#nextNumber();
      this.#inserted.add([n, key, text]);
      if (document) for (const index of indexes) this.addEntries(index, n, entriesOf(index, document));
    } else if (text !== before.text) {
      this.#updated.add([before.n, text]);
      if (document && indexes.length > 0) this.#changeEntries(before, document);
    }
  }

  #changeEntries({ n, text }: { n: number; text: string }, document: StoredDocument): void {
    const before = new FieldStates(parseDocument(text), this.#collection.roots);
    for (const index of this.#collection.indexes) {
      if (!index.roots.some((root) => before.isChanged(root, document))) continue;
      const old = entriesOf(index, before.document());
      const now = entriesOf(index, document);
      this.#removeEntries(index, n, missingIn(old.tuples, now.tuples));
      this.addEntries(index, n, { ...now, tuples: missingIn(now.tuples, old.tuples) });
    }
  }

  #remove(n: number, document: StoredDocument): void {
    this.#removed.add([n]);
    for (const index of this.#collection.indexes)
      this.#removeEntries(index, n, entriesOf(index, document).tuples);
  }

  #removeEntries(index: IndexInfo, n: number, tuples: readonly (readonly EntryCell[])[]): void {
    const { removed } = this.#entriesOf(index);
    for (const tuple of tuples) removed.add(tuple, n);
  }

  #entriesOf(index: IndexInfo): { added: Rows; removed: Rows } {
    let entries = this.#entries.get(index);
    if (entries === undefined) {
      const width = index.fields.length + 1;
      entries = { added: new Rows(width), removed: new Rows(width) };
      this.#entries.set(index, entries);
    }
    return entries;
  }

  #nextNumber(): number {
    this.#next ??=
      numberAt(this.#database.row(`SELECT coalesce(max(n), 0) FROM ${this.#collection.table}`), 0) + 1;
    const number = this.#next;
    this.#next += 1;
    return number;
  }
}
