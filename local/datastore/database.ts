import Libsql from 'libsql';
import { toStorageError } from './errors';

/** A value that SQLite stores in a cell. */
export type Cell = null | number | string | Buffer;

/** One row: its cells in the order of the columns. */
export type Row = readonly unknown[];

type Prepared = ReturnType<InstanceType<typeof Libsql>['prepare']>;

const maxPrepared = 1000;

/**
 * One connection to a SQLite file: prepared statements are kept by their text, rows come as arrays,
 * transactions take the write lock at once, and what SQLite throws becomes a `StorageError`.
 */
export class Database {
  readonly #connection: InstanceType<typeof Libsql>;
  readonly #prepared = new Map<string, Prepared>();
  #inTransaction = false;
  #changes = 0;
  #onBegin: () => void = () => {};
  #open = true;

  constructor(file: string) {
    this.#connection = guarded(() => new Libsql(file));
    this.execute('PRAGMA busy_timeout = 10000; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY');
  }

  /** Names what is told at the begin of every transaction, when nobody else can write any more. */
  onBegin(listener: () => void): void {
    this.#onBegin = listener;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Runs statements without parameters. */
  execute(sql: string): void {
    this.#assertOpen();
    this.#changes += 1;
    guarded(() => this.#connection.exec(sql));
  }

  /** All rows of a statement. It always reads to the end: an unfinished statement would hold a lock. */
  rows(sql: string, parameters: readonly Cell[] = []): Row[] {
    return guarded(() => this.#statement(sql).all(parameters).filter(Array.isArray));
  }

  /** The first row of a statement that is known to give at most one, undefined when there is none. */
  row(sql: string, parameters: readonly Cell[] = []): Row | undefined {
    try {
      const row: unknown = this.#statement(sql).get(parameters);
      return Array.isArray(row) ? row : undefined;
    } catch (error) {
      throw toStorageError(error);
    }
  }

  /** Runs a statement that returns no rows. */
  run(sql: string, parameters: readonly Cell[] = []): { changes: number; rowid: number } {
    this.#changes += 1;
    try {
      const { changes, lastInsertRowid } = this.#statement(sql).run(parameters);
      return { changes, rowid: Number(lastInsertRowid) };
    } catch (error) {
      throw toStorageError(error);
    }
  }

  /** Runs work in one transaction with the write lock; inside another transaction it joins that one. */
  transaction<T>(work: () => T): T {
    if (this.#inTransaction) return work();
    this.run('BEGIN IMMEDIATE');
    this.#inTransaction = true;
    this.#onBegin();
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  /** A number that grows with every statement that may have changed something. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether SQLite is inside a transaction: some failures end it. */
  get isInTransaction(): boolean {
    return this.#connection.inTransaction;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#prepared.clear();
    this.#connection.close();
  }

  /** A full disk makes SQLite roll back by itself. */
  #rollBack(): void {
    if (this.isInTransaction) this.#connection.exec('ROLLBACK');
  }

  #statement(sql: string): Prepared {
    this.#assertOpen();
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (this.#prepared.size >= maxPrepared) this.#prepared.clear();
    const statement = this.#connection.prepare(sql);
    if (statement.reader) statement.raw(true);
    this.#prepared.set(sql, statement);
    return statement;
  }

  #assertOpen(): void {
    if (!this.#open) throw new Error('The storage is closed');
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStorageError(error);
  }
}

/** The text in a cell of a row. */
export function textAt(row: Row | undefined, column: number): string {
  const value = row?.[column];
  if (typeof value !== 'string') throw new Error(`Column ${column} holds no text`);
  return value;
}

/** The number in a cell of a row. */
export function numberAt(row: Row | undefined, column: number): number {
  const value = row?.[column];
  if (typeof value !== 'number') throw new Error(`Column ${column} holds no number`);
  return value;
}

/** Any cell of a row, to be bound again. */
export function cellAt(row: Row, column: number): Cell {
  const value = row[column];
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  if (Buffer.isBuffer(value)) return value;
  throw new Error(`Column ${column} holds nothing that SQLite stores`);
}
