import { closeSync, openSync, readSync } from 'node:fs';
import type { Catalog } from './catalog';
import { type Database, numberAt } from './database';
import { endOf, journalFile, journalFiles, type Place, removeJournalBefore } from './journal';
import { type Change, decodeChange } from './journal-line';
import { toJsonFields } from './json';
import type { Patch } from './patch';
import { removeExpiredKeys } from './plain-tables';
import { StoredRecords } from './stored-records';

/** Most bytes of the journal that become one transaction, unless a single write is larger. */
const chunkBytes = 4 * 1024 * 1024;
const lineEnd = 10;

export const journalSchema =
  'CREATE TABLE IF NOT EXISTS journal (file INTEGER NOT NULL, place INTEGER NOT NULL);';

/** How a record is when everything is applied. */
interface Final {
  /** Undefined: what the database has. */
  text: string | null | undefined;
  /** What has changed since. */
  patch: Patch | null;
  /** Whether the database may have something under this id. */
  readonly existed: boolean;
}

/**
 * Carries what the journal holds into the database. How far it has come stands in the database itself and moves in the
 * same transaction, so that nothing is applied twice or left out, whenever the process ends. Of a record that was
 * written several times only its last state is applied, and one that has come and gone not at all.
 */
export class Applier {
  readonly #directory: string;
  readonly #database: Database;
  readonly #catalog: Catalog;
  readonly #records: StoredRecords;

  constructor(directory: string, database: Database, catalog: Catalog) {
    this.#directory = directory;
    this.#database = database;
    this.#catalog = catalog;
    this.#records = new StoredRecords(database, catalog);
  }

  /**
   * Applies everything up to the end of a line.
   * @param now milliseconds since 1970: keys that expired before may go
   * @throws {StorageError} the rest is left for the next call
   */
  apply(upTo: Place, now: number): void {
    for (let isOver = false; !isOver; ) {
      const before = this.#place();
      isOver = this.#applyChunk(upTo, now);
      const { file } = this.#place();
      if (file !== before.file) this.#removeFilesBefore(file);
    }
  }

  /**
   * Applies what an earlier process left. The last write may be cut off, it was never acknowledged.
   * @returns the number that the next file of the journal gets
   */
  recover(now: number): number {
    const files = journalFiles(this.#directory);
    const last = files.at(-1);
    const { file } = this.#place();
    if (last === undefined) return file;
    if (last >= file) this.apply(endOf(this.#directory, last), now);
    const next = Math.max(file, last + 1);
    this.#moveTo({ file: next, offset: 0 });
    this.#removeFilesBefore(next);
    return next;
  }

  /** @returns whether there is nothing left to apply */
  #applyChunk(upTo: Place, now: number): boolean {
    return this.#write(() => {
      const from = this.#place();
      const end = from.file < upTo.file ? endOf(this.#directory, from.file).offset : upTo.offset;
      const { changes, offset } = this.#readChanges(from, end);
      for (const [table, records] of changes) {
        for (const [id, final] of records) this.#apply(table, id, final);
      }
      this.#records.flush();
      if (changes.has('keys')) removeExpiredKeys(this.#database, now);
      const isFileOver = offset === from.offset;
      if (isFileOver && from.file >= upTo.file) return true;
      this.#setPlace(isFileOver ? { file: from.file + 1, offset: 0 } : { file: from.file, offset });
      return false;
    });
  }

  #apply(table: string, id: string, { text, patch, existed }: Final): void {
    if (text === null && !existed) return;
    if (text !== undefined) this.#records.write(table, id, text, existed);
    if (patch !== null) this.#records.patch(table, id, patch);
  }

  /** The last states of what whole writes have changed, by table and id. */
  #readChanges(
    { file, offset }: Place,
    end: number,
  ): { changes: Map<string, Map<string, Final>>; offset: number } {
    const changes = new Map<string, Map<string, Final>>();
    for (let size = chunkBytes; ; size *= 2) {
      const bytes = readPart(journalFile(this.#directory, file), offset, Math.min(end, offset + size));
      const used = collect(bytes, changes);
      if (used > 0 || offset + size >= end) return { changes, offset: offset + used };
    }
  }

  #place(): Place {
    const row = this.#database.row('SELECT file, place FROM journal');
    return row === undefined ? { file: 1, offset: 0 } : { file: numberAt(row, 0), offset: numberAt(row, 1) };
  }

  #setPlace({ file, offset }: Place): void {
    const { changes } = this.#database.run('UPDATE journal SET file = ?, place = ?', [file, offset]);
    if (changes === 0) this.#database.run('INSERT INTO journal (file, place) VALUES (?, ?)', [file, offset]);
  }

  #moveTo(place: Place): void {
    this.#write(() => this.#setPlace(place));
  }

  /** Only once the disk has what was in them. */
  #removeFilesBefore(file: number): void {
    this.#database.rows('PRAGMA wal_checkpoint(PASSIVE)');
    removeJournalBefore(this.#directory, file);
  }

  #write<T>(work: () => T): T {
    try {
      return this.#database.transaction(() => {
        this.#catalog.refresh();
        return work();
      });
    } catch (error) {
      this.#records.discard();
      this.#catalog.forget();
      throw error;
    }
  }
}

/** Adds the changes of whole writes to those that are known. @returns how many bytes the whole writes are */
function collect(bytes: Buffer, changes: Map<string, Map<string, Final>>): number {
  let used = 0;
  let waiting: Change[] = [];
  for (let start = 0; ; ) {
    const end = bytes.indexOf(lineEnd, start);
    if (end < 0) return used;
    const line = decodeChange(bytes.toString('utf8', start, end));
    if (line === null) return used;
    waiting.push(line.change);
    start = end + 1;
    if (!line.isLast) continue;
    for (const change of waiting) keepLast(changes, change);
    waiting = [];
    used = start;
  }
}

function keepLast(changes: Map<string, Map<string, Final>>, change: Change): void {
  let records = changes.get(change.table);
  if (records === undefined) {
    records = new Map();
    changes.set(change.table, records);
  }
  const known = records.get(change.id);
  if ('patch' in change) {
    const patch = readPatch(change.patch);
    if (known === undefined) records.set(change.id, { text: undefined, patch, existed: true });
    else known.patch = { ...known.patch, ...patch };
  } else if (known === undefined) {
    records.set(change.id, { text: change.text, patch: null, existed: !change.isNew });
  } else {
    known.text = change.text;
    known.patch = null;
  }
}

function readPatch(text: string): Patch {
  return toJsonFields(JSON.parse(text), 'A patch');
}

function readPart(file: string, start: number, end: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, end - start));
  const descriptor = openSync(file, 'r');
  try {
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(descriptor, bytes, read, bytes.length - read, start + read);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}
