import type { Database } from './database';
import { cellAt, numberAt, textAt } from './database';

/** An index: a table with one column per field and the number of the document. */
export interface IndexInfo {
  readonly table: string;
  readonly fields: readonly string[];
  /** The fields of documents, without the paths into them, that its entries are made of. */
  readonly roots: readonly string[];
  /** Per field: whether a document ever held an array or an object there, so that entries are no sort keys. */
  readonly irregular: boolean[];
}

/** A collection: a table of documents and its indexes. */
export interface CollectionInfo {
  readonly number: number;
  readonly name: string;
  readonly table: string;
  readonly indexes: readonly IndexInfo[];
  /** The fields that any of its indexes is made of. */
  readonly roots: readonly string[];
  readonly selectSql: string;
  /** ISO date; null for collections of a storage that did not note it. */
  readonly created: string | null;
}

/**
 * Which collections and indexes exist. Kept in memory and, because another thread may change it, read
 * again whenever the file's `user_version` has moved. Changes belong inside a transaction.
 */
export class Catalog {
  readonly #database: Database;
  #version = -1;
  #isFresh = false;
  #collections = new Map<string, CollectionInfo>();
  #byTable = new Map<string, CollectionInfo>();

  constructor(database: Database) {
    this.#database = database;
    database.onBegin(() => {
      this.#isFresh = false;
    });
    database.transaction(() => {
      database.execute(`
        CREATE TABLE IF NOT EXISTS collections (
          number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created TEXT
        );
        CREATE TABLE IF NOT EXISTS indexes (
          number INTEGER PRIMARY KEY, collection INTEGER NOT NULL, fields TEXT NOT NULL, irregular TEXT NOT NULL
        );
      `);
      const columns = database.rows('PRAGMA table_info(collections)').map((row) => textAt(row, 1));
      if (!columns.includes('created')) database.execute('ALTER TABLE collections ADD COLUMN created TEXT');
    });
  }

  /**
   * Makes sure that the next look sees what other threads did. Call it once per operation: it asks the
   * file once per transaction, in which nobody else can write, and once per turn of the event loop otherwise.
   */
  refresh(): void {
    if (this.#isFresh) return;
    this.#isFresh = true;
    setImmediate(() => {
      this.#isFresh = false;
    });
    const version = this.#storedVersion();
    if (version === this.#version) return;
    this.#read();
    this.#version = version;
  }

  /** Lets the next look find out again whether anything has changed. */
  expire(): void {
    this.#isFresh = false;
  }

  /** Drops what is in memory, after a transaction was rolled back. */
  forget(): void {
    this.#version = -1;
    this.#isFresh = false;
  }

  names(): string[] {
    return [...this.#collections.keys()];
  }

  /** All collections. */
  all(): CollectionInfo[] {
    return [...this.#collections.values()];
  }

  find(name: string): CollectionInfo | undefined {
    return this.#collections.get(name);
  }

  /** The collection whose documents stand in a table. */
  byTable(table: string): CollectionInfo | undefined {
    return this.#byTable.get(table);
  }

  /** The collection of that name, created when missing. */
  ensure(name: string): CollectionInfo {
    const known = this.#collections.get(name);
    if (known) return known;
    const { rowid } = this.#database.run('INSERT INTO collections (name, created) VALUES (?, ?)', [
      JSON.stringify(name),
      new Date().toISOString(),
    ]);
    this.#database.execute(
      `CREATE TABLE ${documentsTable(rowid)} (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, doc TEXT NOT NULL)`,
    );
    this.#change();
    return this.#required(name);
  }

  /** Adds an empty index. The caller fills it. */
  addIndex(collection: CollectionInfo, fields: readonly string[]): IndexInfo {
    const { rowid } = this.#database.run(
      'INSERT INTO indexes (collection, fields, irregular) VALUES (?, ?, ?)',
      [collection.number, JSON.stringify(fields), JSON.stringify(fields.map(() => false))],
    );
    const columns = [...entryColumns(fields), 'n'].join(', ');
    this.#database.execute(
      `CREATE TABLE ${indexTable(rowid)} (${entryColumns(fields).join(', ')}, n INTEGER,
        PRIMARY KEY (${columns})) WITHOUT ROWID`,
    );
    this.#change();
    const index = this.#required(collection.name).indexes.find(({ table }) => table === indexTable(rowid));
    if (!index) throw new Error('The new index is not in the catalog');
    return index;
  }

  dropIndex(index: IndexInfo): void {
    this.#database.execute(`DROP TABLE ${index.table}`);
    this.#database.run("DELETE FROM indexes WHERE 'index_' || number = ?", [index.table]);
    this.#change();
  }

  /** Notes for good that a field of an index has held an array or an object. */
  markIrregular(index: IndexInfo, field: number): void {
    index.irregular[field] = true;
    this.#database.run("UPDATE indexes SET irregular = ? WHERE 'index_' || number = ?", [
      JSON.stringify(index.irregular),
      index.table,
    ]);
    this.#version = this.#bump();
  }

  #change(): void {
    this.#version = this.#bump();
    this.#read();
  }

  #bump(): number {
    const next = this.#storedVersion() + 1;
    this.#database.execute(`PRAGMA user_version = ${next}`);
    return next;
  }

  #storedVersion(): number {
    return numberAt(this.#database.row('PRAGMA user_version'), 0);
  }

  #required(name: string): CollectionInfo {
    const found = this.#collections.get(name);
    if (!found) throw new Error(`Collection "${name}" is not in the catalog`);
    return found;
  }

  #read(): void {
    const indexes = this.#database
      .rows('SELECT number, collection, fields, irregular FROM indexes ORDER BY number')
      .map((row) => ({
        collection: numberAt(row, 1),
        info: describeIndex(
          indexTable(numberAt(row, 0)),
          strings(JSON.parse(textAt(row, 2))),
          strings(JSON.parse(textAt(row, 3))).map((flag) => flag === 'true'),
        ),
      }));
    const collections = this.#database.rows('SELECT number, name, created FROM collections').map((row) => {
      const number = numberAt(row, 0);
      const created = cellAt(row, 2);
      const table = documentsTable(number);
      const own = indexes.filter(({ collection }) => collection === number).map(({ info }) => info);
      return {
        number,
        name: String(JSON.parse(textAt(row, 1))),
        table,
        created: typeof created === 'string' ? created : null,
        indexes: own,
        roots: [...new Set(own.flatMap(({ roots }) => roots))],
        selectSql: `SELECT doc, n FROM ${table} WHERE id = ?`,
      };
    });
    this.#collections = new Map(collections.map((info) => [info.name, info]));
    this.#byTable = new Map(collections.map((info) => [info.table, info]));
  }
}

/** The columns of an index table that hold the values of its fields. */
export function entryColumns(fields: readonly string[]): string[] {
  return fields.map((_field, at) => `e${at}`);
}

function describeIndex(table: string, fields: readonly string[], irregular: boolean[]): IndexInfo {
  return {
    table,
    fields,
    irregular,
    roots: [...new Set(fields.map(rootOf))],
  };
}

/** The field of a document that a path begins with. */
export function rootOf(path: string): string {
  const dot = path.indexOf('.');
  return dot === -1 ? path : path.slice(0, dot);
}

function documentsTable(number: number): string {
  return `documents_${number}`;
}

function indexTable(number: number): string {
  return `index_${number}`;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
