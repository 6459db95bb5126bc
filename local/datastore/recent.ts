import type { Json, StoredDocument } from '../connection';
import { parseDocument, toJson } from './json';
import { applyPatch, type Patch } from './patch';

/** The latest state of a record that the journal holds and the database does not yet. */
export class RecentRecord {
  #text: string | null | undefined;
  #document: StoredDocument | null | undefined;
  #sample: Sample | null = null;
  #storedPatch: Patch | null = null;
  /** What the text is made of as long as nobody has asked for it. */
  #origin: { readonly base: () => string | null; readonly patch: Patch } | undefined;

  private constructor(
    /** Whether the database has nothing under this id. */
    readonly isNew: boolean,
    /** The flush of the journal that it stands in. */
    readonly flush: number,
  ) {}

  /**
   * @param text JSON; null when the record is removed
   * @param sample see {@link sample}
   */
  static written(text: string | null, isNew: boolean, flush: number, sample: Sample | null): RecentRecord {
    const record = new RecentRecord(isNew, flush);
    record.#text = text;
    record.#sample = sample;
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
      record.#storedPatch = patch;
      return record;
    }
    record.#storedPatch = before.#storedPatch && { ...before.#storedPatch, ...patch };
    record.#origin = { base: () => before.text, patch };
    record.#sample = before.#sample && patchedSample(before.#sample, patch);
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

  /** The document with some of its fields only, by which most queries can tell it; null when nobody took them. */
  get sample(): Sample | null {
    return this.#sample;
  }

  /** In what it differs from the document that the database has; null when the database has another or none. */
  get storedPatch(): Patch | null {
    return this.#storedPatch;
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

/** Some fields of a document; undefined for those that it does not have. */
export type Sample = { readonly [field: string]: Json | undefined };

/** Takes some fields of a document, in a copy of its own. */
export function sampleOf(document: Sample, fields: readonly string[]): Sample {
  const sample: { [field: string]: Json | undefined } = { _id: document._id };
  for (const field of fields) {
    const value = Object.hasOwn(document, field) ? document[field] : undefined;
    sample[field] = typeof value === 'object' ? toJson(value) : value;
  }
  return sample;
}

function patchedSample(sample: Sample, patch: Patch): Sample {
  const fields = Object.keys(patch).filter((field) => field in sample);
  return fields.length === 0 ? sample : { ...sample, ...sampleOf(patch, fields), _id: sample._id };
}

interface Written {
  readonly table: string;
  readonly id: string;
  readonly before: RecentRecord | undefined;
}

const nothing: ReadonlyMap<string, RecentRecord> = new Map();

/** The recent records of a table as they are at one moment. */
export interface RecentTable {
  readonly records: ReadonlyMap<string, RecentRecord>;
  /** To be called by whoever does not need them any more: as long as nobody looks, they need not be copied. */
  release(): void;
}

const noTable: RecentTable = { records: nothing, release: () => {} };

/**
 * What was written lately, in memory: what a reader finds here counts, not what the database has. A record goes when
 * the database has it. Writes of the flush that is under way can be taken back.
 */
export class Recent {
  readonly #tables = new Map<string, Map<string, RecentRecord>>();
  /** How many look at the records of a table that must not change under them. */
  readonly #lookers = new Map<ReadonlyMap<string, RecentRecord>, number>();
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

  /** The recent records of a table as they are now, whatever is written until they are released. */
  hold(table: string): RecentTable {
    const records = this.#tables.get(table);
    if (records === undefined || records.size === 0) return noTable;
    this.#lookers.set(records, (this.#lookers.get(records) ?? 0) + 1);
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      const others = (this.#lookers.get(records) ?? 1) - 1;
      if (others === 0) this.#lookers.delete(records);
      else this.#lookers.set(records, others);
    };
    return { records, release };
  }

  set(table: string, id: string, text: string | null, isNew: boolean, sample: Sample | null = null): void {
    this.#put(table, id, RecentRecord.written(text, isNew, this.#flush, sample));
  }

  /** @param stored gives the text that the database has, for a record that was not written lately */
  patch(table: string, id: string, patch: Patch, stored: () => string | null): void {
    this.#put(table, id, RecentRecord.patched(this.get(table, id), stored, patch, this.#flush));
  }

  #put(table: string, id: string, record: RecentRecord): void {
    const records = this.#changeable(table);
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
      const records = this.#changeable(table);
      if (before === undefined) records.delete(id);
      else records.set(id, before);
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
        const record = this.get(table, id);
        if (record === undefined || record.flush > flush) continue;
        this.#changeable(table).delete(id);
        onForgotten(table, id, record.readyText);
      }
    }
    this.#flushes.splice(0, done);
  }

  /** The records of a table, to be changed: those that somebody looks at are left as they are. */
  #changeable(table: string): Map<string, RecentRecord> {
    let records = this.#tables.get(table);
    if (records === undefined || this.#lookers.has(records)) {
      records = new Map(records);
      this.#tables.set(table, records);
    }
    return records;
  }
}
