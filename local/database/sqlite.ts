import Libsql from 'libsql';
import { toStorageError } from './errors';

/** A value that SQLite stores in a cell. */
export type Cell = null | number | string | Buffer;

/** One row: its cells in the order of the columns. */
export type Row = readonly unknown[];

type Statement = ReturnType<InstanceType<typeof Libsql>['prepare']>;

const maxPrepared = 1000;

/**
 * One connection to a SQLite file, the only place that knows the driver. Statements are prepared once and kept by their
 * text, rows come as arrays, and what SQLite throws becomes a `StorageError`. A lock that somebody else holds is an
 * error at once: to wait inside of SQLite would stop the event loop.
 */
export class Sqlite {
  readonly #file: string;
  readonly #settings: string;
  readonly #prepared = new Map<string, Statement>();
  #connection: InstanceType<typeof Libsql> | undefined;

  /** @param settings statements for every new connection */
  constructor(file: string, settings: string) {
    this.#file = file;
    this.#settings = settings;
    this.open();
  }

  /** Opens the connection again after `close`. */
  open(): void {
    this.#connection = guarded(() => new Libsql(this.#file));
    try {
      this.execute(`PRAGMA busy_timeout = 0; PRAGMA temp_store = MEMORY; ${this.#settings}`);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#connection !== undefined;
  }

  /** Whether SQLite is inside a transaction: some failures end it. */
  get isInTransaction(): boolean {
    return this.#connection?.inTransaction ?? false;
  }

  /** Runs statements without parameters. */
  execute(sql: string): void {
    guarded(() => this.#open().exec(sql));
  }

  /** All rows of a statement. It reads to the end: an unfinished statement would hold a lock. */
  rows(sql: string, parameters: readonly Cell[] = []): Row[] {
    return guarded(() => this.#statement(sql).all(parameters).filter(Array.isArray));
  }

  /** The first row of a statement, undefined when there is none. */
  row(sql: string, parameters: readonly Cell[] = []): Row | undefined {
    const row: unknown = guarded(() => this.#statement(sql).get(parameters));
    return Array.isArray(row) ? row : undefined;
  }

  /** Runs a statement that returns no rows. */
  run(sql: string, parameters: readonly Cell[] = []): { changes: number; rowid: number } {
    const { changes, lastInsertRowid } = guarded(() => this.#statement(sql).run(parameters));
    return { changes, rowid: Number(lastInsertRowid) };
  }

  /** Runs work in a transaction of its own. */
  transaction<T>(work: () => T): T {
    this.run('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** Ends a transaction without its changes. A full disk makes SQLite do so by itself. */
  rollBack(): void {
    if (this.isInTransaction) this.execute('ROLLBACK');
  }

  close(): void {
    this.#prepared.clear();
    this.#connection?.close();
    this.#connection = undefined;
  }

  #open(): InstanceType<typeof Libsql> {
    if (this.#connection === undefined) throw new Error('The storage is closed');
    return this.#connection;
  }

  #statement(sql: string): Statement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (this.#prepared.size >= maxPrepared) this.#prepared.clear();
    const statement = this.#open().prepare(sql);
    if (statement.reader) statement.raw(true);
    this.#prepared.set(sql, statement);
    return statement;
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
