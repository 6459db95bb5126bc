import * as v from 'valibot';
import { numberAt, type Row, type Sqlite, textAt } from '../database/sqlite';

/** An index of a collection. */
export interface Index {
  readonly number: number;
  readonly fields: readonly string[];
  /** Per field: whether a document ever held an array or an object there, so that one cell does not say all. */
  readonly irregular: readonly boolean[];
  /**
   * Null for a native index over the columns of the collection. Else a table with an entry for each element of an
   * array, and the columns of its fields.
   */
  readonly entries: string | null;
  /** Its columns in SQL, beside the number of the document. */
  readonly columns: readonly string[];
}

/** A collection: a table with the document as text and a column for each indexed field. */
export interface Collection {
  readonly number: number;
  readonly name: string;
  readonly table: string;
  /** ISO date. */
  readonly created: string;
  /** The indexed fields; the n-th stands in column `cN`. `_id` has a column of its own. */
  readonly fields: readonly string[];
  /** Those that ever held an array or an object. Their columns are not kept. */
  readonly irregular: ReadonlySet<string>;
  readonly indexes: readonly Index[];
}

export const collectionsSchema = `
  CREATE TABLE IF NOT EXISTS collections (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created TEXT NOT NULL,
    fields TEXT NOT NULL, irregular TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS indexes (
    number INTEGER PRIMARY KEY, collection INTEGER NOT NULL, fields TEXT NOT NULL
  );`;

const texts = v.array(v.string());
const parseTexts = (text: string) => v.parse(texts, JSON.parse(text));

/**
 * Which collections and indexes there are. Changes belong inside a transaction; readers of committed states keep the
 * description of that state.
 */
export class Collections {
  readonly #database: Sqlite;
  #current: ReadonlyMap<string, Collection>;
  #committed: ReadonlyMap<string, Collection>;

  constructor(database: Sqlite) {
    this.#database = database;
    this.#current = this.#read();
    this.#committed = this.#current;
  }

  /** As the transaction that runs sees it. */
  find(name: string): Collection | undefined {
    return this.#current.get(name);
  }

  /** As the last commit left it. */
  findCommitted(name: string): Collection | undefined {
    return this.#committed.get(name);
  }

  /** All collections, as the last commit left them. */
  all(): Collection[] {
    return [...this.#committed.values()];
  }

  /** Is told how a transaction has ended. */
  ended(isCommitted: boolean): void {
    if (isCommitted) this.#committed = this.#current;
    else this.#current = this.#committed;
  }

  /** The collection of that name, created when missing. */
  ensure(name: string): Collection {
    const known = this.#current.get(name);
    if (known) return known;
    const { rowid } = this.#database.run(
      "INSERT INTO collections (name, created, fields, irregular) VALUES (?, ?, '[]', '[]')",
      [JSON.stringify(name), new Date().toISOString()],
    );
    this.#database.execute(`
      CREATE TABLE documents_${rowid} (
        n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, doc TEXT NOT NULL, sum INTEGER NOT NULL
      )`);
    return this.#changed(name);
  }

  /** Adds columns for fields that have none. The caller fills them. */
  addFields(collection: Collection, fields: readonly string[]): Collection {
    const added = fields.filter((field) => field !== '_id' && !collection.fields.includes(field));
    if (added.length === 0) return collection;
    for (const [at] of added.entries())
      this.#database.execute(`ALTER TABLE ${collection.table} ADD COLUMN c${collection.fields.length + at}`);
    this.#database.run('UPDATE collections SET fields = ? WHERE number = ?', [
      JSON.stringify([...collection.fields, ...added]),
      collection.number,
    ]);
    return this.#changed(collection.name);
  }

  /** Adds an index over columns that are filled, or an empty table of entries. */
  addIndex(collection: Collection, fields: readonly string[]): Index {
    const { rowid } = this.#database.run('INSERT INTO indexes (collection, fields) VALUES (?, ?)', [
      collection.number,
      JSON.stringify(fields),
    ]);
    const index = this.#changed(collection.name).indexes.find(({ number }) => number === rowid);
    if (!index) throw new Error('The new index is not among the indexes');
    if (index.entries === null) this.#database.execute(nativeIndex(collection, index));
    else this.#database.execute(entriesTable(index));
    return index;
  }

  dropIndex(collection: Collection, index: Index): void {
    this.#database.execute(
      index.entries === null ? `DROP INDEX ${nameOf(index)}` : `DROP TABLE ${index.entries}`,
    );
    this.#database.run('DELETE FROM indexes WHERE number = ?', [index.number]);
    this.#changed(collection.name);
  }

  /**
   * Notes for good that a field has held an array or an object. The indexes over it get an entry for each element from
   * now on: what their columns say becomes their first entries.
   */
  markIrregular(collection: Collection, field: string): Collection {
    this.#database.run('UPDATE collections SET irregular = ? WHERE number = ?', [
      JSON.stringify([...collection.irregular, field]),
      collection.number,
    ]);
    const changed = this.#changed(collection.name);
    for (const index of changed.indexes) {
      const before = collection.indexes.find(({ number }) => number === index.number);
      if (index.entries === null || before?.entries !== null) continue;
      this.#database.execute(entriesTable(index));
      this.#database.execute(
        `INSERT INTO ${index.entries} SELECT ${before.columns.join(', ')}, d.n FROM ${collection.table} d`,
      );
      this.#database.execute(`DROP INDEX ${nameOf(index)}`);
    }
    return changed;
  }

  /** Reads the description of a collection that has just been changed. */
  #changed(name: string): Collection {
    this.#current = this.#read();
    const found = this.#current.get(name);
    if (!found) throw new Error('A collection that was changed is not among the collections');
    return found;
  }

  #read(): Map<string, Collection> {
    const indexes = this.#database.rows('SELECT number, collection, fields FROM indexes ORDER BY number');
    const collections = this.#database
      .rows('SELECT number, name, created, fields, irregular FROM collections')
      .map((row) => describe(row, indexes));
    return new Map(collections.map((collection) => [collection.name, collection]));
  }
}

function describe(row: Row, indexes: readonly Row[]): Collection {
  const number = numberAt(row, 0);
  const fields = parseTexts(textAt(row, 3));
  const irregular = new Set(parseTexts(textAt(row, 4)));
  const columnOf = (field: string) => (field === '_id' ? 'd.id' : `d.c${fields.indexOf(field)}`);
  return {
    number,
    name: String(JSON.parse(textAt(row, 1))),
    table: `documents_${number}`,
    created: textAt(row, 2),
    fields,
    irregular,
    indexes: indexes
      .filter((index) => numberAt(index, 1) === number)
      .map((index) => {
        const own = parseTexts(textAt(index, 2));
        const isNative = !own.some((field) => irregular.has(field));
        return {
          number: numberAt(index, 0),
          fields: own,
          irregular: own.map((field) => irregular.has(field)),
          entries: isNative ? null : `entries_${numberAt(index, 0)}`,
          columns: isNative ? own.map(columnOf) : own.map((_field, at) => `x.e${at}`),
        };
      }),
  };
}

/** The name of a native index. */
export function nameOf(index: Index): string {
  return `index_${index.number}`;
}

function nativeIndex(collection: Collection, index: Index): string {
  const columns = index.columns.map((column) => column.replace('d.', ''));
  return `CREATE INDEX ${nameOf(index)} ON ${collection.table} (${columns.join(', ')})`;
}

function entriesTable({ entries, fields }: Index): string {
  const columns = fields.map((_field, at) => `e${at}`).join(', ');
  return `CREATE TABLE ${entries} (${columns}, n INTEGER, PRIMARY KEY (${columns}, n)) WITHOUT ROWID`;
}
