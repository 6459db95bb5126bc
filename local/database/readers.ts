import { StorageError } from './errors';
import type { Sqlite } from './sqlite';

/** How long a reader may pause. */
const maxPauseMs = 60_000;

/** Read-only connections for streams, opened when needed and used again. */
export class Readers {
  readonly #open: () => Sqlite;
  readonly #all = new Set<Sqlite>();
  readonly #free: Sqlite[] = [];
  #committed: Sqlite | undefined;

  constructor(open: () => Sqlite) {
    this.#open = open;
  }

  /** A connection that sees the last commit at each statement. */
  get committed(): Sqlite {
    if (this.#committed?.isOpen !== true) this.#committed = this.take();
    return this.#committed;
  }

  take(): Sqlite {
    const free = this.#free.pop();
    if (free) return free;
    const reader = this.#open();
    reader.execute('PRAGMA query_only = 1');
    this.#all.add(reader);
    return reader;
  }

  give(reader: Sqlite): void {
    this.#free.push(reader);
  }

  /**
   * Runs work on a connection of its own and closes it: for `EXPLAIN`, which libsql never finishes, so
   * that it would keep tables locked.
   */
  once<T>(work: (reader: Sqlite) => T): T {
    const reader = this.#open();
    try {
      return work(reader);
    } finally {
      reader.close();
    }
  }

  /** Closes all of them. Streams that are being read end with an error. */
  close(): void {
    for (const reader of this.#all) {
      // Closed in a transaction, it would keep the log from being emptied.
      reader.rollBack();
      reader.close();
    }
    this.#all.clear();
    this.#free.length = 0;
  }
}

/**
 * What the storage held at one moment, for a stream that is read bit by bit while others write. It cannot be kept for ever,
 * because SQLite's log grows meanwhile: a consumer that pauses for too long gets an error instead of a mixture.
 */
export class Snapshot {
  readonly #readers: Readers;
  #reader: Sqlite | undefined;
  #pause: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(readers: Readers) {
    this.#readers = readers;
  }

  /** The connection to read the next batch from. @throws {StorageError} when the snapshot is gone */
  readonly database = (): Sqlite => {
    if (this.#isOver)
      throw new StorageError('The stream was read too slowly: read it again', 'SNAPSHOT_GONE');
    this.#pause?.refresh();
    this.#reader ??= this.#begin();
    return this.#reader;
  };

  release(): void {
    this.#isOver = true;
    clearTimeout(this.#pause);
    const reader = this.#reader;
    this.#reader = undefined;
    if (!reader?.isOpen) return;
    reader.run('COMMIT');
    this.#readers.give(reader);
  }

  #begin(): Sqlite {
    const reader = this.#readers.take();
    reader.run('BEGIN');
    this.#pause = setTimeout(() => this.release(), maxPauseMs).unref();
    return reader;
  }
}
