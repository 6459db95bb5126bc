import {
  closeSync,
  fdatasync,
  ftruncateSync,
  openSync,
  readdirSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { toStorageError } from './errors';

/** A place in the journal: the number of a file and a position in it, in bytes. */
export interface Place {
  readonly file: number;
  readonly offset: number;
}

/** Size in bytes at which a file is followed by the next. */
const fileBytes = 16 * 1024 * 1024;

/** How long the disk may hold back what was written, in milliseconds: a loss of power costs no more. */
const syncAfter = 1000;

const namePattern = /^journal-(\d{8})\.log$/;

export function journalFile(directory: string, file: number): string {
  return join(directory, `journal-${String(file).padStart(8, '0')}.log`);
}

/** The numbers of the files of a journal, in order. */
export function journalFiles(directory: string): number[] {
  return readdirSync(directory)
    .flatMap((name) => namePattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Removes the files before a number: everything in them is in the database. */
export function removeJournalBefore(directory: string, file: number): void {
  for (const number of journalFiles(directory)) if (number < file) unlinkSync(journalFile(directory, number));
}

/** The end of a file of the journal. */
export function endOf(directory: string, file: number): Place {
  return { file, offset: statSync(journalFile(directory, file)).size };
}

/**
 * The journal of a storage: what is acknowledged stands in it before it stands in the database. It is only ever
 * written at its end; a file is made when there is something to write.
 */
export class Journal {
  readonly #directory: string;
  #file: number;
  #descriptor: number | undefined;
  #offset = 0;
  /** Whether bytes of a write that failed may stand behind the end. */
  #hasRest = false;
  #sync: NodeJS.Timeout | undefined;

  /** @param file the number of the first file that it makes */
  constructor(directory: string, file: number) {
    this.#directory = directory;
    this.#file = file;
  }

  /** Where the next line will stand. */
  get end(): Place {
    return { file: this.#file, offset: this.#offset };
  }

  /**
   * Writes whole lines.
   * @returns how many bytes they are
   * @throws {StorageError} when they could not be written; then none of them is in the journal
   */
  append(lines: string): number {
    try {
      this.#cutRest();
      const descriptor = this.#openFile();
      const bytes = Buffer.from(lines);
      this.#hasRest = true;
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(descriptor, bytes, at, bytes.length - at, this.#offset + at);
      }
      this.#hasRest = false;
      this.#offset += bytes.length;
      this.#sync ??= setTimeout(() => this.#syncFile(descriptor), syncAfter).unref();
      return bytes.length;
    } catch (error) {
      this.#cutRestIfPossible();
      throw toStorageError(error);
    }
  }

  close(): void {
    clearTimeout(this.#sync);
    this.#sync = undefined;
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #openFile(): number {
    if (this.#descriptor !== undefined && this.#offset < fileBytes) return this.#descriptor;
    const next = this.#descriptor === undefined ? this.#file : this.#file + 1;
    const descriptor = openSync(journalFile(this.#directory, next), 'wx', 0o600);
    this.close();
    this.#file = next;
    this.#offset = 0;
    this.#descriptor = descriptor;
    return descriptor;
  }

  /** What stands behind the end was refused and must not be found there by whoever reads the journal. */
  #cutRest(): void {
    if (!this.#hasRest || this.#descriptor === undefined) return;
    ftruncateSync(this.#descriptor, this.#offset);
    this.#hasRest = false;
  }

  #cutRestIfPossible(): void {
    try {
      this.#cutRest();
    } catch {
      // The next write begins with it.
    }
  }

  #syncFile(descriptor: number): void {
    this.#sync = undefined;
    // A disk that cannot keep what it took says so at the next write, too.
    if (descriptor === this.#descriptor) fdatasync(descriptor, () => {});
  }
}
