import type { Database } from './database';

const idleMs = 5000;

/** Read-only connections for streams, opened when needed and used again. */
export class Readers {
  readonly #open: () => Database;
  readonly #all = new Set<Database>();
  readonly #free: Database[] = [];

  constructor(open: () => Database) {
    this.#open = open;
  }

  take(): Database {
    const free = this.#free.pop();
    if (free) return free;
    const reader = this.#open();
    reader.execute('PRAGMA query_only = 1');
    this.#all.add(reader);
    return reader;
  }

  give(reader: Database): void {
    this.#free.push(reader);
  }

  /**
   * Runs work on a connection of its own and closes it: for `EXPLAIN`, which libsql never finishes, so
   * that it would keep tables locked.
   */
  once<T>(work: (reader: Database) => T): T {
    const reader = this.#open();
    try {
      return work(reader);
    } finally {
      reader.close();
    }
  }

  close(): void {
    for (const reader of this.#all) reader.close();
  }
}

/**
 * What the storage held at one moment, for a stream that is read bit by bit while others write. A
 * consumer that pauses loses it after a few seconds and goes on with the present, so that an abandoned
 * stream does not keep SQLite from recycling its log.
 */
export class Snapshot {
  readonly #readers: Readers;
  #reader: Database | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(readers: Readers) {
    this.#readers = readers;
  }

  /** The connection to read the next batch from. */
  readonly database = (): Database => {
    if (this.#reader) {
      this.#idle?.refresh();
      return this.#reader;
    }
    const reader = this.#readers.take();
    reader.execute('BEGIN');
    this.#reader = reader;
    this.#idle = setTimeout(() => this.release(), idleMs).unref();
    return reader;
  };

  release(): void {
    clearTimeout(this.#idle);
    const reader = this.#reader;
    this.#reader = undefined;
    if (!reader?.isOpen) return;
    reader.execute('COMMIT');
    this.#readers.give(reader);
  }
}
