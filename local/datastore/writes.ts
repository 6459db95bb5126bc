import { clearImmediate, setImmediate } from 'node:timers';
import type { Carrier } from './carrier';
import type { Database } from './database';
import type { Journal } from './journal';
import type { Recent } from './recent';
import { type JournaledRecords, type Records, TooLarge } from './records';
import type { StoredRecords } from './stored-records';

/** Bytes that the journal may be ahead of the database. Whoever writes more has to wait: memory holds all of them. */
const mostBehind = 16 * 1024 * 1024;

/** One write: reads and changes records, all of its changes or none. It may be begun twice, the first time in vain. */
export type Write<T> = (records: Records) => T;

interface Done {
  resolve(): void;
  reject(error: unknown): void;
}

export interface WritesParts {
  readonly database: Database;
  readonly journal: Journal;
  readonly recent: Recent;
  readonly carrier: Carrier;
  readonly journaled: JournaledRecords;
  readonly stored: StoredRecords;
  /** Told when something was written to the database itself, or taken back there. */
  readonly onStored: (isCommitted: boolean) => void;
}

/**
 * Makes writes, one after the other in the order of the calls. A write takes effect in memory at once and stands in the
 * journal at the end of the turn of the event loop, together with all others of that turn; then it is acknowledged.
 * What is too large for that is made in the database itself while all others wait.
 */
export class Writes {
  readonly #parts: WritesParts;
  /** Made, but not in the journal. */
  #made: Done[] = [];
  /** Not begun: something has to be over first. */
  readonly #held: (() => void)[] = [];
  /** What has to be over. */
  #holds = 0;
  #turn: NodeJS.Immediate | undefined;
  #isClosed = false;
  #flushed: Promise<boolean> | undefined;
  #tellFlushed: (isInJournal: boolean) => void = () => {};

  constructor(parts: WritesParts) {
    this.#parts = parts;
  }

  /** Makes a write. Rejects with what it throws, or with why it could not be stored; then nothing has changed. */
  make<T>(write: Write<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#begin(() => this.#makeJournaled(write, resolve, reject));
    });
  }

  /** Makes a write in the database itself, with all that was written before, while nothing else is written. */
  makeAlone<T>(write: Write<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#begin(() => this.#makeStored(write).then(resolve, reject));
    });
  }

  /**
   * Reads. What is not in the journal yet may be read, but is told only when it is: otherwise somebody could act upon
   * what a crash takes back.
   */
  async read<T>(look: () => T): Promise<T> {
    this.#assertOpen();
    for (;;) {
      const found = look();
      if (this.#flushed === undefined || (await this.#flushed)) return found;
    }
  }

  /** Resolves when all that was written is in the journal or taken back; at once in most cases. */
  async settled(): Promise<void> {
    this.#assertOpen();
    await this.#flushed;
  }

  /** Makes no more writes; what was made is acknowledged or refused before this returns. */
  close(): void {
    this.#isClosed = true;
    this.flush();
  }

  /** Puts into the journal what was made. */
  flush(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    if (this.#flushed === undefined) return;
    const made = this.#made;
    this.#made = [];
    this.#flushed = undefined;
    const { recent, journaled, journal, carrier } = this.#parts;
    const lines = journaled.takeLines();
    let bytes = 0;
    try {
      if (lines !== '') bytes = journal.append(lines);
    } catch (error) {
      recent.takeBack(0);
      this.#tellFlushed(false);
      for (const { reject } of made) reject(error);
      return;
    }
    if (bytes > 0) carrier.flushed(journal.end, recent.flushed(), bytes);
    this.#tellFlushed(true);
    for (const { resolve } of made) resolve();
    if (carrier.behind > mostBehind) this.#hold(carrier.catchUp(mostBehind / 2));
  }

  #begin(write: () => void): void {
    this.#assertOpen();
    if (this.#holds > 0) this.#held.push(write);
    else write();
  }

  #makeJournaled<T>(write: Write<T>, resolve: (value: T) => void, reject: (error: unknown) => void): void {
    const { carrier, journaled } = this.#parts;
    if (carrier.behind > mostBehind && carrier.failure !== undefined) {
      reject(carrier.failure);
      return;
    }
    try {
      const value = journaled.together(write);
      this.#made.push({ resolve: () => resolve(value), reject });
      this.#flushSoon();
    } catch (error) {
      if (error instanceof TooLarge) this.#makeStored(write).then(resolve, reject);
      else reject(error);
    }
  }

  #makeStored<T>(write: Write<T>): Promise<T> {
    const { database, carrier, stored, onStored } = this.#parts;
    this.flush();
    const written = carrier.catchUp().then(() => {
      let isCommitted = false;
      try {
        const result = database.transaction(() => {
          const value = write(stored);
          stored.flush();
          return value;
        });
        isCommitted = true;
        return result;
      } finally {
        stored.discard();
        onStored(isCommitted);
      }
    });
    this.#hold(written);
    return written;
  }

  /** Begins no write before something is over, whether it succeeds or fails. */
  #hold(something: Promise<unknown>): void {
    this.#holds += 1;
    const release = () => {
      this.#holds -= 1;
      // One of them may hold the others again.
      while (this.#holds === 0) {
        const write = this.#held.shift();
        if (write === undefined) return;
        write();
      }
    };
    something.then(release, release);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('The storage is closed');
  }

  #flushSoon(): void {
    if (this.#turn !== undefined) return;
    this.#flushed = new Promise((resolve) => {
      this.#tellFlushed = resolve;
    });
    this.#turn = setImmediate(() => this.flush());
  }
}
