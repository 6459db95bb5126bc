import { closeSync, openSync, readSync } from 'node:fs';

/** How far SQLite's write-ahead log reaches. */
export interface LogPosition {
  /** Names the generation of the log: SQLite changes it whenever it begins the log anew. Eight bytes. */
  readonly salt: Buffer;
  /** How many frames of it are committed. */
  readonly frames: number;
}

const headerBytes = 40;
const framesAt = 16;
const saltAt = 32;

/**
 * Reads the position from the header of SQLite's shared memory (`-shm`, layout in SQLite's "WAL-mode File Format"), which
 * holds it after each commit. The file stays open: to close it would release the locks that SQLite holds on it.
 */
export class LogIndex {
  readonly #descriptor: number;
  readonly #header = Buffer.alloc(headerBytes);

  /** @param file the database, which is open */
  constructor(file: string) {
    this.#descriptor = openSync(`${file}-shm`, 'r');
  }

  position(): LogPosition {
    readSync(this.#descriptor, this.#header, 0, headerBytes, 0);
    const isLittleEndian = this.#header[0] !== 0;
    const frames = isLittleEndian ? this.#header.readUInt32LE(framesAt) : this.#header.readUInt32BE(framesAt);
    return { frames, salt: Buffer.from(this.#header.subarray(saltAt, saltAt + 8)) };
  }

  /** Only after the database is closed. */
  close(): void {
    closeSync(this.#descriptor);
  }
}
