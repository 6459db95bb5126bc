import { Checkpoints } from './checkpoints';
import { LogMarkFile } from './log-mark';
import { LogIndex } from './log-position';
import { LogSync } from './log-sync';
import type { Sqlite } from './sqlite';
import type { Transactions } from './transactions';

interface WriteAheadLogParts {
  /** The database, and its connection that writes. */
  readonly file: string;
  readonly database: Sqlite;
  readonly transactions: Pick<Transactions, 'commits' | 'isIdle' | 'retry'>;
  /** Is told when the disk has refused to keep what it took. */
  readonly onFailure: (error: Error) => void;
}

/** SQLite's write-ahead log: brought to the disk when somebody waits for it, carried over into the database in between. */
export class WriteAheadLog {
  readonly #parts: WriteAheadLogParts;
  readonly #index: LogIndex;
  readonly #mark: LogMarkFile;
  readonly #sync: LogSync;
  readonly #checkpoints: Checkpoints;

  constructor(parts: WriteAheadLogParts) {
    const { file, database, transactions, onFailure } = parts;
    this.#parts = parts;
    this.#index = new LogIndex(file);
    this.#mark = new LogMarkFile(file);
    const shared = { index: this.#index, mark: this.#mark, onFailure };
    this.#sync = new LogSync({ ...shared, file, commits: () => transactions.commits });
    this.#checkpoints = new Checkpoints({
      ...shared,
      file,
      database,
      isIdle: () => transactions.isIdle,
      onEnd: transactions.retry,
    });
  }

  /** Resolves when every transaction that has been committed is on the disk; rejects when the disk refuses. */
  durable(): Promise<void> {
    return this.#sync.durable();
  }

  /** After `close`, when the process uses the database no more. */
  release(): void {
    this.#index.close();
  }

  /** Is told of every commit. */
  committed(): void {
    this.#checkpoints.committed();
  }

  /**
   * Carries everything over and closes the log and the database. Readers must be closed before. The index stays open until
   * the process is done with the database, since to close it would release SQLite's locks.
   */
  async close(): Promise<void> {
    const { database, onFailure } = this.#parts;
    await this.#checkpoints.close();
    await this.#sync.close();
    // From now on it is no damage that the log is empty.
    this.#mark.clear();
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
