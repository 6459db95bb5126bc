import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { StorageError } from './errors';
import type { LogMarkFile } from './log-mark';
import type { LogIndex } from './log-position';
import { numberAt, type Sqlite } from './sqlite';

/** What the thread is told: how far the log reaches, and whether it is to begin anew afterwards. */
export const checkpointOrder = v.object({
  salt: v.instance(Uint8Array),
  frames: v.number(),
  restarts: v.boolean(),
});

const answer = v.nullable(v.object({ message: v.string(), code: v.string() }));

/** A log of this many frames of 4 KiB is carried over, and begun anew if it is longer. */
const longFrames = 4000;
const maxFrames = 12_000;
/** How many commits pass between two looks at the log. */
const commitsBetweenLooks = 32;
/** How long the storage rests before its log is emptied, so that nothing removed stays in it. */
const restMs = 2000;
/** What is carried over without the thread then. */
const fewFrames = 1000;

interface CheckpointsParts {
  readonly file: string;
  readonly database: Sqlite;
  readonly index: Pick<LogIndex, 'position'>;
  readonly mark: Pick<LogMarkFile, 'writeCarried'>;
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
  #commits = 0;
  /** Whether all is in the database that was committed before the last checkpoint, and nothing came since. */
  #isCarried = false;
  readonly #rest: NodeJS.Timeout;

  constructor(parts: CheckpointsParts) {
    this.#parts = parts;
    this.#rest = setTimeout(() => this.#emptyLog(), restMs).unref();
  }

  /** Is told of every commit. */
  committed(): void {
    this.#commits += 1;
    this.#isCarried = false;
    if (this.#commits % commitsBetweenLooks > 0) return;
    this.#rest.refresh();
    // Whatever goes wrong here must not keep a commit from being told.
    this.#attempt(() => {
      const { frames } = this.#parts.index.position();
      if (frames > longFrames) this.#start(frames > maxFrames);
    });
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#rest);
    const thread = this.#thread;
    if (thread === undefined) return;
    const ended = once(thread, 'exit');
    thread.ref();
    thread.postMessage('close');
    await ended;
  }

  #start(restarts: boolean): void {
    if (this.#isRunning || this.#isClosed) return;
    this.#thread ??= this.#startThread();
    this.#isRunning = true;
    this.#isCarried = true;
    this.#thread.postMessage({ ...this.#parts.index.position(), restarts });
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
    this.#attempt(() => {
      const { index, database, mark, isIdle } = this.#parts;
      const position = index.position();
      if (position.frames === 0 || !isIdle()) return;
      if (position.frames > fewFrames && !this.#isCarried) {
        this.#start(false);
        return;
      }
      const row = database.row('PRAGMA wal_checkpoint(PASSIVE)');
      if (numberAt(row, 1) !== numberAt(row, 2)) return;
      // From now on an empty log is no damage.
      mark.writeCarried(position);
      database.row('PRAGMA wal_checkpoint(TRUNCATE)');
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
