import { type Change, encodeChange } from './journal-line';
import type { Patch } from './patch';
import type { Recent, Sample } from './recent';

/** All that is stored: JSON texts by table and id. Several writes that belong together are made in one piece. */
export interface Records {
  /** @returns null when there is no such record */
  read(table: string, id: string): string | null;
  /**
   * @param text null removes the record
   * @param existed whether {@link read} had found it
   * @param sample what most queries look at, if whoever writes has it at hand
   */
  write(table: string, id: string, text: string | null, existed: boolean, sample?: Sample): void;
  /** Gives fields of a document that exists new values. */
  patch(table: string, id: string, patch: Patch): void;
}

/** Most changes of one write that go through the journal, and most characters of their texts. */
const mostChanges = 1000;
const mostCharacters = 2_000_000;

/** Thrown by a write that is too large for the journal and for memory: it belongs into the database at once. */
export class TooLarge extends Error {}

/** Records that are written to memory and prepared for the journal, over those of the database. */
export class JournaledRecords implements Records {
  readonly #recent: Recent;
  readonly #stored: Pick<Records, 'read'>;
  readonly #onNew: (table: string, id: string) => void;
  #changes: Change[] = [];
  #characters = 0;
  #lines = '';

  /** @param onNew is told of each record that was not there before */
  constructor(
    recent: Recent,
    stored: Pick<Records, 'read'>,
    onNew: (table: string, id: string) => void = () => {},
  ) {
    this.#recent = recent;
    this.#stored = stored;
    this.#onNew = onNew;
  }

  read(table: string, id: string): string | null {
    const recent = this.#recent.get(table, id);
    return recent === undefined ? this.#stored.read(table, id) : recent.text;
  }

  /** Whether there is such a record. */
  has(table: string, id: string): boolean {
    const recent = this.#recent.get(table, id);
    return recent === undefined ? this.#stored.read(table, id) !== null : recent.exists;
  }

  write(table: string, id: string, text: string | null, existed: boolean, sample?: Sample): void {
    // A record that was removed lately may still be in the database.
    const isNew = !existed && this.#recent.get(table, id) === undefined;
    this.#recent.set(table, id, text, isNew, sample);
    if (!existed) this.#onNew(table, id);
    this.#note({ table, id, text, isNew }, text?.length ?? 0);
  }

  patch(table: string, id: string, patch: Patch): void {
    this.#recent.patch(table, id, patch, () => this.#stored.read(table, id));
    const text = JSON.stringify(patch);
    this.#note({ table, id, patch: text }, text.length);
  }

  #note(change: Change, characters: number): void {
    this.#characters += change.id.length + characters;
    this.#changes.push(change);
    if (this.#changes.length > mostChanges || this.#characters > mostCharacters) throw new TooLarge();
  }

  /** Makes one piece of what `work` writes: all of it, or nothing when it throws. */
  together<T>(work: (records: Records) => T): T {
    const pending = this.#recent.pending;
    this.#changes = [];
    this.#characters = 0;
    try {
      const result = work(this);
      const last = this.#changes.length - 1;
      for (const [at, change] of this.#changes.entries()) this.#lines += encodeChange(change, at === last);
      return result;
    } catch (error) {
      this.#recent.takeBack(pending);
      throw error;
    }
  }

  /** The lines for the journal since the last call. */
  takeLines(): string {
    const lines = this.#lines;
    this.#lines = '';
    return lines;
  }
}
