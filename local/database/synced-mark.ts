import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { hasCode } from '../files/error-code';
import { DamageError } from './errors';

const markBytes = 12;

/**
 * The number of the last commit that was brought to the disk, in the file `space.db-mark`. SQLite takes a damaged frame of
 * its log for the end of it and drops what follows without a word; by the mark we know that more was there.
 */
export class SyncedMark {
  readonly #descriptor: number;

  /** @param file the database, beside which it stands */
  constructor(file: string) {
    this.#descriptor = openSync(nameOf(file), constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  write(commit: number): void {
    const bytes = Buffer.alloc(markBytes);
    bytes.writeDoubleLE(commit);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 8)), 8);
    writeSync(this.#descriptor, bytes, 0, markBytes, 0);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/**
 * Reads the mark of a database.
 * @returns 0 when there is none
 * @throws {DamageError}
 */
export function readSyncedMark(file: string): number {
  let bytes: Buffer;
  try {
    bytes = readFileSync(nameOf(file));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw new DamageError('space.db-mark', error instanceof Error ? error.message : String(error));
  }
  // A loss of power may leave the first mark without its content: nothing was acknowledged by it.
  if (bytes.every((byte) => byte === 0)) return 0;
  const isWhole = bytes.length === markBytes && crc32(bytes.subarray(0, 8)) === bytes.readUInt32LE(8);
  if (!isWhole) throw new DamageError('space.db-mark', 'its checksum is wrong');
  return bytes.readDoubleLE();
}

function nameOf(file: string): string {
  return `${file}-mark`;
}
