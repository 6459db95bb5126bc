import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { StorageError } from './errors';
import type { Sqlite } from './sqlite';

const answer = v.nullable(v.object({ message: v.string(), code: v.string() }));

/** How many commits are carried over at a time. */
const commitsAtOnce = 400;
/** How long the storage rests before its log is emptied, so that nothing removed stays in it. */
const restMs = 2000;
/** A log of no more commits is emptied without the thread. */
const fewCommits = 50;

interface CheckpointsParts {
  readonly file: string;
  readonly database: Sqlite;
  /** Whether nothing is being written. */
  readonly isIdle: () => boolean;
  /** Is told when a checkpoint is over: writers may have waited for it. */
  readonly onEnd: () => void;
  /** Is told of a disk that does not keep what it took. */
  readonly onFailure: (error: Error) => void;
}

/** Carries the log over into the database from time to time. The work is done in a thread, started when it is needed. */
export class Checkpoints {
  readonly #parts: CheckpointsParts;
  #thread: Worker | undefined;
  #isRunning = false;
  #isClosed = false;
  /** Commits since the thread was last told to carry over, and since the log was empty. */
  #commits = 0;
  #isEmpty = false;
  readonly #rest: NodeJS.Timeout;

  constructor(parts: CheckpointsParts) {
    this.#parts = parts;
    this.#rest = setTimeout(() => this.#emptyLog(), restMs).unref();
  }

  /** Is told of every commit. */
  committed(): void {
    this.#commits += 1;
    this.#isEmpty = false;
    if (this.#commits >= commitsAtOnce) this.#carryOver();
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#rest);
    const thread = this.#thread;
    if (thread === undefined) return;
    const ended = once(thread, 'exit');
    // Else nothing might keep the process from ending before.
    thread.ref();
    thread.postMessage('close');
    await ended;
  }

  #carryOver(): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#rest.refresh();
    // Whatever goes wrong here must not keep a commit from being told.
    this.#attempt(() => {
      this.#thread ??= this.#startThread();
      this.#isRunning = true;
      this.#commits = 0;
      this.#thread.postMessage('carry over');
    });
  }

  #startThread(): Worker {
    const thread = new Worker(new URL('./checkpoint-thread.mjs', import.meta.url), {
      workerData: { file: this.#parts.file },
      // It loads TypeScript in its own way, however this process does.
      execArgv: [],
    });
    thread.unref();
    thread.on('message', (message: unknown) => this.#ended(v.parse(answer, message)));
    thread.on('error', (error) => {
      this.#thread = undefined;
      this.#ended({ message: error.message, code: 'UNKNOWN' });
    });
    return thread;
  }

  #ended(failure: v.InferOutput<typeof answer>): void {
    this.#isRunning = false;
    this.#parts.onEnd();
    if (failure?.code.startsWith('SQLITE_IOERR'))
      this.#parts.onFailure(new StorageError(failure.message, failure.code));
    else if (failure !== null && !failure.code.startsWith('SQLITE_BUSY'))
      process.emitWarning(`The log could not be carried over: ${failure.message}`);
  }

  /** Empties the log in a quiet moment. */
  #emptyLog(): void {
    if (this.#isClosed) return;
    this.#rest.refresh();
    const { database, isIdle } = this.#parts;
    if (this.#isEmpty || this.#isRunning || !isIdle()) return;
    if (this.#commits > fewCommits) {
      this.#carryOver();
      return;
    }
    this.#attempt(() => {
      // Not while somebody reads an older state.
      this.#isEmpty = database.row('PRAGMA wal_checkpoint(TRUNCATE)')?.[0] === 0;
    });
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      const code = error instanceof StorageError ? error.code : 'UNKNOWN';
      this.#ended({ message: error instanceof Error ? error.message : String(error), code });
    }
  }
}
