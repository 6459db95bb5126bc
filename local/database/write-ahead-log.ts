import { Checkpoints } from './checkpoints';
import { LogSync } from './log-sync';
import type { Sqlite } from './sqlite';
import { SyncedMark } from './synced-mark';
import type { Transactions } from './transactions';

interface WriteAheadLogParts {
  /** The database, and its connection that writes. */
  readonly file: string;
  readonly database: Sqlite;
  readonly transactions: Pick<Transactions, 'lastCommit' | 'isIdle' | 'retry'>;
  /** Is told when the disk has refused to keep what it took. */
  readonly onFailure: (error: Error) => void;
}

/** SQLite's write-ahead log: brought to the disk when somebody waits for it, carried over into the database in between. */
export class WriteAheadLog {
  readonly #parts: WriteAheadLogParts;
  readonly #mark: SyncedMark;
  readonly #sync: LogSync;
  readonly #checkpoints: Checkpoints;

  constructor(parts: WriteAheadLogParts) {
    const { file, database, transactions, onFailure } = parts;
    this.#parts = parts;
    this.#mark = new SyncedMark(file);
    this.#sync = new LogSync({
      file,
      mark: this.#mark,
      lastCommit: () => transactions.lastCommit,
      onFailure,
    });
    this.#checkpoints = new Checkpoints({
      file,
      database,
      isIdle: () => transactions.isIdle,
      onEnd: transactions.retry,
      onFailure,
    });
  }

  /** Resolves when every transaction that has been committed is on the disk; rejects when the disk refuses. */
  durable(): Promise<void> {
    return this.#sync.durable();
  }

  /** Is told of every commit. */
  committed(): void {
    this.#sync.committed();
    this.#checkpoints.committed();
  }

  /** Carries everything over and closes the log and the database. Readers must be closed before. */
  async close(): Promise<void> {
    const { database, onFailure } = this.#parts;
    await this.#checkpoints.close();
    await this.#sync.close();
    this.#mark.close();
    try {
      // The driver leaves that to a garbage collection when it closes a connection.
      database.row('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      onFailure(error instanceof Error ? error : new Error(String(error)));
    }
    database.close();
  }
}
