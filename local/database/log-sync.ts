import { closeSync, fdatasync, openSync } from 'node:fs';
import { toStorageError } from './errors';
import type { SyncedMark } from './synced-mark';

interface Waiter {
  readonly commit: number;
  resolve(): void;
  reject(error: unknown): void;
}

interface LogSyncParts {
  /** The database, beside which its log stands. */
  readonly file: string;
  readonly mark: Pick<SyncedMark, 'write'>;
  /** The number of the last commit. */
  readonly lastCommit: () => number;
  /** Is told when the disk has refused to keep what it took: nobody knows what of it is there. */
  readonly onFailure: (error: Error) => void;
}

/** How long a commit that nobody waits for stays without a sync. */
const maxDelayMs = 200;

/**
 * Brings commits to the disk: one sync of SQLite's log serves all who wait, off the event loop. Those who come while it
 * runs wait for the next one.
 */
export class LogSync {
  readonly #parts: LogSyncParts;
  readonly #descriptor: number;
  #waiters: Waiter[] = [];
  #synced: number;
  #isRunning = false;
  #delay: NodeJS.Timeout | undefined;
  #tellClosed: (() => void) | undefined;

  constructor(parts: LogSyncParts) {
    this.#parts = parts;
    this.#descriptor = openSync(`${parts.file}-wal`, 'r');
    this.#synced = parts.lastCommit();
  }

  /** Resolves when every transaction that has been committed is on the disk. */
  durable(): Promise<void> {
    const commit = this.#parts.lastCommit();
    if (commit <= this.#synced) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ commit, resolve, reject });
      this.#sync();
    });
  }

  /** Is told of every commit. */
  committed(): void {
    this.#delay ??= setTimeout(() => {
      this.#delay = undefined;
      if (this.#parts.lastCommit() > this.#synced) this.#sync();
    }, maxDelayMs).unref();
  }

  /** Waits for the sync that runs and for those who wait for another, and closes the log. */
  async close(): Promise<void> {
    clearTimeout(this.#delay);
    if (this.#isRunning)
      await new Promise<void>((resolve) => {
        this.#tellClosed = resolve;
      });
    closeSync(this.#descriptor);
  }

  #sync(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const commit = this.#parts.lastCommit();
    fdatasync(this.#descriptor, (refusal) => {
      this.#isRunning = false;
      const error = refusal ?? attempt(() => this.#parts.mark.write(commit));
      const waiters = this.#waiters;
      if (error === null) {
        this.#synced = commit;
        this.#waiters = waiters.filter((waiter) => waiter.commit > commit);
        for (const waiter of waiters) if (waiter.commit <= commit) waiter.resolve();
        if (this.#waiters.length > 0) this.#sync();
      } else {
        this.#waiters = [];
        const failure = toStorageError(error);
        for (const waiter of waiters) waiter.reject(failure);
        this.#parts.onFailure(failure);
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
