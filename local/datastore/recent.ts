import type { StoredDocument } from '../connection';
import { parseDocument, toJson } from './json';
import { applyPatch, type Patch } from './patch';

/** The latest state of a record that the journal holds and the database does not yet. */
export class RecentRecord {
  #text: string | null | undefined;
  #document: StoredDocument | null | undefined;
  /** What the text is made of as long as nobody has asked for it. */
  #origin: { readonly base: () => string | null; readonly patch: Patch } | undefined;

  private constructor(
    /** Whether the database has nothing under this id. */
    readonly isNew: boolean,
    /** The flush of the journal that it stands in. */
    readonly flush: number,
  ) {}

  /** @param text JSON; null when the record is removed */
  static written(text: string | null, isNew: boolean, flush: number): RecentRecord {
    const record = new RecentRecord(isNew, flush);
    record.#text = text;
    return record;
  }

  /**
   * @param before what is patched, if it was written lately, too
   * @param stored gives what the database has
   */
  static patched(
    before: RecentRecord | undefined,
    stored: () => string | null,
    patch: Patch,
    flush: number,
  ): RecentRecord {
    const record = new RecentRecord(before?.isNew ?? false, flush);
    if (before === undefined) {
      record.#origin = { base: stored, patch };
      return record;
    }
    record.#origin = { base: () => before.text, patch };
    // Nobody looks at the one before any more: its document goes on in this one.
    if (before.#document) record.#document = Object.assign(before.#document, patch);
    before.#document = undefined;
    return record;
  }

  /** JSON; null when the record was removed. */
  get text(): string | null {
    if (this.#text === undefined) this.#work();
    return this.#text ?? null;
  }

  /** The document that it is, to look at only: whoever keeps or changes it parses the text. Null when removed. */
  get document(): StoredDocument | null {
    if (this.#document !== undefined) return this.#document;
    const { text } = this;
    // To make the text may have made the document, too.
    this.#document ??= text === null ? null : parseDocument(text);
    return this.#document;
  }

  /**
   * A document for somebody to keep.
   * @param fields the only ones that are wanted, beside the id
   */
  copy(fields: readonly string[] | null): StoredDocument {
    const { document } = this;
    if (document === null) throw new Error('A record that was removed is no document');
    const copy: StoredDocument = { _id: document._id };
    for (const field of fields ?? Object.keys(document)) {
      const value = Object.hasOwn(document, field) ? toJson(document[field]) : undefined;
      if (value !== undefined) copy[field] = value;
    }
    return copy;
  }

  /** Whether it was not removed. Only what exists is patched. */
  get exists(): boolean {
    return this.#origin !== undefined || this.#text !== null;
  }

  /** The text, if that costs nothing; undefined when it would have to be made. */
  get readyText(): string | null | undefined {
    return this.#text;
  }

  #work(): void {
    const { base, patch } = this.#origin ?? { base: () => null, patch: {} };
    const before = base();
    this.#origin = undefined;
    if (before === null) {
      this.#text = null;
      return;
    }
    const document = parseDocument(before);
    this.#text = applyPatch(document, before, patch);
    this.#document ??= document;
  }
}

interface Written {
  readonly table: string;
  readonly id: string;
  readonly before: RecentRecord | undefined;
}

const nothing: ReadonlyMap<string, RecentRecord> = new Map();

/**
 * What was written lately, in memory: what a reader finds here counts, not what the database has. A record goes when
 * the database has it. Writes of the flush that is under way can be taken back.
 */
export class Recent {
  readonly #tables = new Map<string, Map<string, RecentRecord>>();
  /** What was written since the last flush, in order. */
  #written: Written[] = [];
  /** What was written in each flush that is not applied. */
  readonly #flushes: { readonly flush: number; readonly written: readonly Written[] }[] = [];
  #flush = 1;

  get(table: string, id: string): RecentRecord | undefined {
    return this.#tables.get(table)?.get(id);
  }

  /** The recent records of a table by id. It changes with the next write. */
  all(table: string): ReadonlyMap<string, RecentRecord> {
    return this.#tables.get(table) ?? nothing;
  }

  set(table: string, id: string, text: string | null, isNew: boolean): void {
    this.#put(table, id, RecentRecord.written(text, isNew, this.#flush));
  }

  /** @param stored gives the text that the database has, for a record that was not written lately */
  patch(table: string, id: string, patch: Patch, stored: () => string | null): void {
    this.#put(table, id, RecentRecord.patched(this.get(table, id), stored, patch, this.#flush));
  }

  #put(table: string, id: string, record: RecentRecord): void {
    let records = this.#tables.get(table);
    if (records === undefined) {
      records = new Map();
      this.#tables.set(table, records);
    }
    this.#written.push({ table, id, before: records.get(id) });
    records.set(id, record);
  }

  /** Whether a record is not in the journal yet. */
  isPending(record: RecentRecord): boolean {
    return record.flush === this.#flush;
  }

  /** How many records were written since the last flush. */
  get pending(): number {
    return this.#written.length;
  }

  /** Takes back what was written since there were so many pending records. */
  takeBack(pending: number): void {
    for (const { table, id, before } of this.#written.splice(pending).reverse()) {
      const records = this.#tables.get(table);
      if (before === undefined) records?.delete(id);
      else records?.set(id, before);
    }
  }

  /** Notes that what was written is in the journal. @returns the number of this flush */
  flushed(): number {
    const flush = this.#flush;
    this.#flushes.push({ flush, written: this.#written });
    this.#written = [];
    this.#flush += 1;
    return flush;
  }

  /**
   * Forgets what the database has by now: everything up to a flush that was not written again since.
   * @param onForgotten is told of each record that goes, and its text unless that would have to be made
   */
  applied(
    flush: number,
    onForgotten: (table: string, id: string, text: string | null | undefined) => void,
  ): void {
    let done = 0;
    for (const { flush: number, written } of this.#flushes) {
      if (number > flush) break;
      done += 1;
      for (const { table, id } of written) {
        const records = this.#tables.get(table);
        const record = records?.get(id);
        if (record === undefined || record.flush > flush) continue;
        records?.delete(id);
        onForgotten(table, id, record.readyText);
      }
    }
    this.#flushes.splice(0, done);
  }
}
