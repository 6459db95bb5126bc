import { closeSync, fdatasync, openSync } from 'node:fs';
import { toStorageError } from './errors';
import type { LogMarkFile } from './log-mark';
import type { LogIndex } from './log-position';

interface Waiter {
  readonly commits: number;
  resolve(): void;
  reject(error: unknown): void;
}

interface LogSyncParts {
  /** The database, beside which the log stands. */
  readonly file: string;
  readonly index: Pick<LogIndex, 'position'>;
  readonly mark: Pick<LogMarkFile, 'writeSynced'>;
  /** How many transactions have been committed. */
  readonly commits: () => number;
  /** Is told when the disk has refused to keep what it took: nobody knows what of it is there. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Brings commits to the disk: one sync of the log serves all who wait, off the event loop. Those who come while it runs
 * wait for the next one.
 */
export class LogSync {
  readonly #parts: LogSyncParts;
  readonly #descriptor: number;
  #waiters: Waiter[] = [];
  #synced = 0;
  #isRunning = false;
  #tellClosed: (() => void) | undefined;

  constructor(parts: LogSyncParts) {
    this.#parts = parts;
    this.#descriptor = openSync(`${parts.file}-wal`, 'r');
    this.#synced = parts.commits();
  }

  /** Resolves when every transaction that has been committed is on the disk. */
  durable(): Promise<void> {
    const commits = this.#parts.commits();
    if (commits <= this.#synced) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ commits, resolve, reject });
      this.#sync();
    });
  }

  /** Brings everything to the disk for those who wait, and closes the log. */
  async close(): Promise<void> {
    if (this.#isRunning)
      await new Promise<void>((resolve) => {
        this.#tellClosed = resolve;
      });
    closeSync(this.#descriptor);
  }

  #sync(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { commits, index, mark, onFailure } = this.#parts;
    const synced = commits();
    const position = index.position();
    fdatasync(this.#descriptor, (refusal) => {
      this.#isRunning = false;
      const waiters = this.#waiters;
      const error = refusal ?? attempt(() => mark.writeSynced(position));
      if (error === null) {
        this.#synced = synced;
        this.#waiters = waiters.filter((waiter) => waiter.commits > synced);
        for (const waiter of waiters) if (waiter.commits <= synced) waiter.resolve();
        if (this.#waiters.length > 0) this.#sync();
      } else {
        this.#waiters = [];
        const failure = toStorageError(error);
        for (const waiter of waiters) waiter.reject(failure);
        onFailure(failure);
      }
      if (!this.#isRunning) this.#tellClosed?.();
    });
  }
}

/** @returns what a call throws, null if nothing */
function attempt(call: () => void): Error | null {
  try {
    call();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
