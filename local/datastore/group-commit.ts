import type { Database } from './database';

interface Waiting {
  /** Does the work and returns what tells its caller, once the transaction is committed. */
  run(): () => void;
  fail(error: unknown): void;
}

/** Most writes of one transaction: more would keep the process from everything else for too long. */
const mostAtOnce = 200;

/**
 * Puts the writes that come in one turn of the event loop into one transaction: a commit costs more than
 * most writes. Each is still all or nothing, in the order of the calls, and acknowledged only after the
 * commit.
 */
export class GroupCommit {
  readonly #database: Database;
  readonly #onRollback: () => void;
  #waiting: Waiting[] = [];
  #turn: NodeJS.Immediate | undefined;

  /** @param onRollback is told when a whole transaction is taken back */
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
      this.#turn ??= setImmediate(() => this.flush());
    });
  }

  /** Commits what waits. */
  flush(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    while (this.#waiting.length > 0) this.#commit(this.#waiting.splice(0, mostAtOnce));
  }

  #commit(batch: readonly Waiting[]): void {
    let settle: (() => void)[];
    try {
      settle = this.#database.transaction(() => batch.map((waiting) => waiting.run()));
    } catch (error) {
      this.#onRollback();
      settle = batch.map((waiting) => () => waiting.fail(error));
    }
    for (const tell of settle) tell();
  }

  /** @throws when the failure has taken the whole transaction back, as a full disk does */
  #attempt<T>(work: () => T): { value: T } | { error: unknown } {
    try {
      return { value: this.#database.savepoint(work) };
    } catch (error) {
      if (!this.#database.isInTransaction) throw error;
      return { error };
    }
  }
}
