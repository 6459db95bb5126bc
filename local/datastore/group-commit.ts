import type { Database } from './database';

interface Waiting {
  /** Does the work and returns what tells its caller, once the transaction is committed. */
  run(): () => void;
  fail(error: unknown): void;
}

/** Most writes of one transaction: more would keep the process from everything else for too long. */
const mostAtOnce = 200;

/** Longest time in milliseconds that the first write of a transaction waits for others. */
const patience = 5;

/** A write failed after it had changed something, so that what it has changed must be taken back. */
class HalfDone extends Error {}

/**
 * Puts writes that come close together into one transaction: a commit writes every page that was touched, and
 * many writes touch the same ones. Each is still all or nothing, in the order of the calls, and acknowledged
 * only after the commit.
 */
export class GroupCommit {
  readonly #database: Database;
  readonly #onRollback: () => void;
  #waiting: Waiting[] = [];
  #turn: NodeJS.Immediate | undefined;
  /** How many writes waited when the last turn ended, and when the first of them came. */
  #seen = 0;
  #since = 0;

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
      if (this.#turn === undefined) {
        this.#since = performance.now();
        this.#turn = setImmediate(() => this.#endTurn());
      }
    });
  }

  /** Commits what waits. */
  flush(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#seen = 0;
    while (this.#waiting.length > 0) this.#commit(this.#waiting.splice(0, mostAtOnce));
  }

  /** Commits when a turn of the event loop has brought nothing more: as long as writes come, more may. */
  #endTurn(): void {
    const { length } = this.#waiting;
    if (length === this.#seen || length >= mostAtOnce || performance.now() - this.#since > patience) {
      this.flush();
      return;
    }
    this.#seen = length;
    this.#turn = setImmediate(() => this.#endTurn());
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
