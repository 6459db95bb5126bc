import type { Database } from './database';

interface Waiting {
  /** Does the work and returns what tells its caller, once the transaction is committed. */
  run(): () => void;
  fail(error: unknown): void;
}

/** Most writes of one transaction: more would keep the process from everything else for too long. */
const mostAtOnce = 200;

/**
 * Milliseconds between two commits while many write at once: a commit writes every page that was touched, and
 * many writes touch the same ones. Who writes alone does not wait.
 */
const spacing = 4;
/** How many writes of the last transaction make a crowd. */
const crowd = 6;

/** A write failed after it had changed something, so that what it has changed must be taken back. */
class HalfDone extends Error {}

/**
 * Puts writes that come close together into one transaction: a commit costs more than most writes. Each is
 * still all or nothing, in the order of the calls, and acknowledged only after the commit.
 */
export class GroupCommit {
  readonly #database: Database;
  readonly #onRollback: () => void;
  #waiting: Waiting[] = [];
  #turn: NodeJS.Immediate | undefined;
  #pause: NodeJS.Timeout | undefined;
  #lastCommit = Number.NEGATIVE_INFINITY;
  #lastSize = 0;

  /** @param onRollback is told when anything is taken back */
  constructor(database: Database, onRollback: () => void) {
    this.#database = database;
    this.#onRollback = onRollback;
  }

  /** Does the work in the next transaction. Rejects with what it throws, or with why nothing could be committed. */
  add<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        run: () => {
          const result = this.#attempt(work);
          return 'error' in result ? () => reject(result.error) : () => resolve(result.value);
        },
        fail: reject,
      });
      this.#plan();
    });
  }

  /** Commits what waits. */
  flush(): void {
    clearImmediate(this.#turn);
    clearTimeout(this.#pause);
    this.#turn = undefined;
    this.#pause = undefined;
    this.#lastSize = this.#waiting.length;
    while (this.#waiting.length > 0) this.#commit(this.#waiting.splice(0, mostAtOnce));
    this.#lastCommit = performance.now();
  }

  #plan(): void {
    if (this.#turn !== undefined || this.#pause !== undefined) return;
    const rest = this.#lastSize < crowd ? 0 : this.#lastCommit + spacing - performance.now();
    if (rest > 0) this.#pause = setTimeout(() => this.flush(), rest);
    else this.#turn = setImmediate(() => this.flush());
  }

  #commit(batch: readonly Waiting[]): void {
    let settle: (() => void)[];
    try {
      settle = this.#database.transaction(() => batch.map((waiting) => waiting.run()));
    } catch (error) {
      this.#onRollback();
      settle =
        error instanceof HalfDone
          ? batch.map((waiting) => this.#commitAlone(waiting))
          : batch.map((waiting) => () => waiting.fail(error));
    }
    for (const tell of settle) tell();
  }

  /** One write in a transaction of its own, so that its failure takes nothing else back. */
  #commitAlone(waiting: Waiting): () => void {
    try {
      return this.#database.transaction(() => waiting.run());
    } catch (error) {
      this.#onRollback();
      return () => waiting.fail(error instanceof HalfDone ? error.cause : error);
    }
  }

  /**
   * @throws {HalfDone} when the work failed halfway
   * @throws when the failure has taken the whole transaction back, as a full disk does
   */
  #attempt<T>(work: () => T): { value: T } | { error: unknown } {
    const before = this.#database.changes;
    try {
      return { value: work() };
    } catch (error) {
      if (!this.#database.isInTransaction) throw error;
      if (this.#database.changes !== before) throw new HalfDone('A write failed halfway', { cause: error });
      return { error };
    }
  }
}
