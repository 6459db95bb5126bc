import { setTimeout } from 'node:timers';
import { type Database, textAt } from './database';
import { IdFilter } from './id-filter';
import type { Recent } from './recent';
import { decodeText } from './text';

/** Ids that are read at once, and the pause until the next ones, in milliseconds: nobody waits for them. */
const sliceSize = 2000;
const pause = 10;
const smallestCapacity = 20_000;
const growth = 4;

interface Known {
  /** Has all ids; null until the first reading is over. */
  whole: IdFilter | null;
  /** Gets all ids. */
  growing: IdFilter | null;
}

/**
 * Knows of most ids that are in no table without a look into the database: new documents are looked for before they are
 * written, and found missing. What it knows it reads from the database by and by.
 */
export class KnownIds {
  readonly #database: Database;
  readonly #recent: Recent;
  #tables = new Map<string, Known>();

  constructor(database: Database, recent: Recent) {
    this.#database = database;
    this.#recent = recent;
  }

  /** Whether a table of documents certainly has no such id. */
  isMissing(table: string, id: string): boolean {
    const known = this.#tables.get(table) ?? this.#begin(table);
    return known.whole !== null && !known.whole.mayHave(id);
  }

  /** Takes note of a document that is written. */
  add(table: string, id: string): void {
    const known = this.#tables.get(table);
    if (known === undefined) return;
    known.whole?.add(id);
    known.growing?.add(id);
    if (known.whole?.isFull && known.growing === null) this.#grow(table, known, known.whole.count * growth);
  }

  /** Begins anew, after documents were written in another way. */
  forget(): void {
    this.#tables = new Map();
  }

  #begin(table: string): Known {
    const known: Known = { whole: null, growing: null };
    this.#tables.set(table, known);
    this.#grow(table, known, smallestCapacity);
    return known;
  }

  #grow(table: string, known: Known, capacity: number): void {
    const growing = new IdFilter(capacity);
    known.growing = growing;
    // Those are not in the database yet and would be missed there.
    for (const id of this.#recent.all(table).keys()) growing.add(id);
    this.#readOn(table, known, growing, '');
  }

  #readOn(table: string, known: Known, growing: IdFilter, after: string): void {
    if (this.#tables.get(table) !== known || !this.#database.isOpen) return;
    const rows = this.#database.rows(`SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT ?`, [
      after,
      sliceSize,
    ]);
    for (const row of rows) growing.add(decodeText(textAt(row, 0)));
    const last = rows.at(-1);
    if (last !== undefined && rows.length === sliceSize) {
      setTimeout(() => this.#readOn(table, known, growing, textAt(last, 0)), pause).unref();
      return;
    }
    known.growing = null;
    if (growing.isFull) this.#grow(table, known, growing.count * growth);
    else known.whole = growing;
  }
}
