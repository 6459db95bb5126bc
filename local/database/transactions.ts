import { clearImmediate, setImmediate } from 'node:timers';
import { StorageError } from './errors';
import { numberAt, type Sqlite } from './sqlite';

/** A write that is made in the transaction of its turn. It may be begun again, if the first time was in vain. */
export interface Write<T> {
  /** Whether it makes at most one change, so that an error of its own leaves nothing half done. */
  readonly isAtomic: boolean;
  work(): T;
}

export const transactionsSchema = `
  CREATE TABLE IF NOT EXISTS last_commit (number INTEGER NOT NULL);
  INSERT INTO last_commit SELECT 0 WHERE NOT EXISTS (SELECT * FROM last_commit);`;

/** The number of the last commit that a database holds. */
export function readLastCommit(database: Sqlite): number {
  return numberAt(database.row('SELECT number FROM last_commit'), 0);
}

interface Member {
  resolve(): void;
  reject(error: unknown): void;
}

interface Waiting {
  readonly since: number;
  begin(): void;
  reject(error: unknown): void;
}

/** How long a write waits for a lock that somebody else holds, and how often it looks. */
const maxLockWaitMs = 10_000;
const lockPollMs = 5;

/**
 * Group commit: writes are made one after the other in the order of the calls, all of one turn of the event loop in one
 * transaction, and their promises resolve when it is committed. If the commit fails, all of them fail and nothing of
 * them is stored.
 */
export class Transactions {
  readonly #database: Sqlite;
  readonly #onEnd: (isCommitted: boolean) => void;
  readonly #onBroken: (error: Error) => void;
  #members: Member[] = [];
  #ended: Promise<boolean> | undefined;
  #tellEnded: (isCommitted: boolean) => void = () => {};
  #turn: NodeJS.Immediate | undefined;
  #waiting: Waiting[] = [];
  #poll: NodeJS.Timeout | undefined;
  #failure: Error | undefined;
  #lastCommit: number;

  /**
   * @param onEnd is told how each transaction has ended, before anybody else
   * @param onBroken is told of a transaction that cannot even be taken back: the connection is of no use any more
   */
  constructor(database: Sqlite, onEnd: (isCommitted: boolean) => void, onBroken: (error: Error) => void) {
    this.#database = database;
    this.#onEnd = onEnd;
    this.#onBroken = onBroken;
    this.#lastCommit = readLastCommit(database);
  }

  /** The number of the last commit, which the database knows, too. */
  get lastCommit(): number {
    return this.#lastCommit;
  }

  /** Whether nothing is being written. */
  get isIdle(): boolean {
    return this.#ended === undefined;
  }

  /** Makes a write. Rejects with what it throws, or with why it could not be stored; then nothing has changed. */
  write<T>(write: Write<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#assertUsable();
      const begin = () => this.#make(write, resolve, reject);
      if (this.#waiting.length === 0 && this.#isBegun()) begin();
      else this.#wait({ since: performance.now(), begin, reject });
    });
  }

  /**
   * Reads. What is not committed yet may be read, but is told only when it is: otherwise somebody could act upon what is
   * taken back.
   */
  async read<T>(look: () => T): Promise<T> {
    for (;;) {
      this.#assertUsable();
      const found = look();
      if (this.#ended === undefined || (await this.#ended)) return found;
    }
  }

  /** Resolves when what was written so far is committed or taken back; at once in most cases. */
  async settled(): Promise<void> {
    this.#assertUsable();
    await this.#ended;
  }

  /** Commits what was written, or takes it back. Everybody whose work was in it is told. */
  commit(): void {
    if (this.#ended === undefined) return;
    try {
      this.#database.run('UPDATE last_commit SET number = ?', [this.#lastCommit + 1]);
      this.#database.run('COMMIT');
    } catch (error) {
      this.#takeBack(error);
      return;
    }
    const members = this.#end(true);
    for (const { resolve } of members) resolve();
  }

  /** Refuses everything from now on, or nothing more. What is not committed is taken back. */
  fail(failure: Error | undefined): void {
    if (failure !== undefined && this.#ended !== undefined) this.#takeBack(failure);
    this.#failure = failure;
    if (failure === undefined) return;
    for (const { reject } of this.#waiting.splice(0)) reject(failure);
  }

  /** Begins the writes that wait for a lock, if it is free now. */
  readonly retry = (): void => {
    clearTimeout(this.#poll);
    this.#poll = undefined;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      try {
        if (this.#isBegun()) first.begin();
        else if (performance.now() - first.since <= maxLockWaitMs) break;
        else first.reject(new StorageError(lockedTooLong, 'SQLITE_BUSY'));
      } catch (error) {
        first.reject(error);
      }
      this.#waiting.shift();
    }
    if (this.#waiting.length > 0) this.#poll = setTimeout(this.retry, lockPollMs);
  };

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#poll ??= setTimeout(this.retry, lockPollMs);
  }

  /** Makes sure that a transaction is open. @returns false when somebody else holds the lock */
  #isBegun(): boolean {
    if (this.#ended !== undefined) return true;
    try {
      this.#database.run('BEGIN IMMEDIATE');
    } catch (error) {
      if (isLocked(error)) return false;
      throw error;
    }
    this.#ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
    this.#turn = setImmediate(() => this.commit());
    return true;
  }

  #make<T>(write: Write<T>, resolve: (value: T) => void, reject: (error: unknown) => void): void {
    try {
      const value = write.isAtomic ? write.work() : this.#withSavepoint(() => write.work());
      this.#members.push({ resolve: () => resolve(value), reject });
    } catch (error) {
      reject(error);
      // Whatever the disk refused, it may have been any part of the transaction.
      if (error instanceof StorageError) this.#takeBack(error);
    }
  }

  #withSavepoint<T>(work: () => T): T {
    this.#database.run('SAVEPOINT one_write');
    try {
      const value = work();
      this.#database.run('RELEASE one_write');
      return value;
    } catch (error) {
      if (!(error instanceof StorageError)) {
        this.#database.run('ROLLBACK TO one_write');
        this.#database.run('RELEASE one_write');
      }
      throw error;
    }
  }

  #takeBack(error: unknown): void {
    let broken: unknown;
    try {
      this.#database.rollBack();
    } catch (reason) {
      broken = reason;
    }
    const members = this.#end(false);
    for (const { reject } of members) reject(error);
    if (broken !== undefined) this.#onBroken(broken instanceof Error ? broken : new Error(String(broken)));
  }

  #end(isCommitted: boolean): Member[] {
    clearImmediate(this.#turn);
    const members = this.#members;
    this.#members = [];
    this.#ended = undefined;
    if (isCommitted) this.#lastCommit += 1;
    this.#onEnd(isCommitted);
    this.#tellEnded(isCommitted);
    return members;
  }

  #assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

const lockedTooLong = 'Another program kept the storage locked for too long: nothing was written';

function isLocked(error: unknown): boolean {
  return error instanceof StorageError && error.code.startsWith('SQLITE_BUSY');
}
