import { closeSync, constants, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { DamageError } from './errors';
import type { LogPosition } from './log-position';

const positionBytes = 16;
const syncedAt = 0;
const carriedAt = positionBytes;

const nowhere: LogPosition = { salt: Buffer.alloc(8), frames: 0 };

/** What is known of the write-ahead log when a space starts. */
export interface LogMark {
  /** Up to here the log was on the disk: what it acknowledged then has to be there. */
  readonly synced: LogPosition;
  /** Up to here the log had been carried over into the database. */
  readonly carried: LogPosition;
}

/**
 * Two positions of the write-ahead log in the file `space.db-mark`, each with a checksum. SQLite takes a damaged frame for
 * the end of its log and drops what follows without a word: by the mark we know that something was there.
 */
export class LogMarkFile {
  readonly #descriptor: number;

  /** @param file the database, beside which it stands */
  constructor(file: string) {
    this.#descriptor = openSync(`${file}-mark`, constants.O_RDWR | constants.O_CREAT, 0o600);
  }

  writeSynced(position: LogPosition): void {
    writeSync(this.#descriptor, encode(position), 0, positionBytes, syncedAt);
  }

  writeCarried(position: LogPosition): void {
    writeSync(this.#descriptor, encode(position), 0, positionBytes, carriedAt);
  }

  /** Notes that the log holds nothing that has to be there. */
  clear(): void {
    // Of both positions, so that the file has its size and later writes need no room.
    this.writeSynced(nowhere);
    this.writeCarried(nowhere);
    fdatasyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/**
 * Reads the mark of a database.
 * @returns undefined when there is none
 * @throws {DamageError}
 */
export function readLogMark(file: string): LogMark | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(`${file}-mark`);
  } catch {
    return undefined;
  }
  const decode = (at: number): LogPosition => {
    const part = bytes.subarray(at, at + positionBytes);
    if (part.every((byte) => byte === 0)) return nowhere;
    const isWhole = part.length === positionBytes && crc32(part.subarray(0, 12)) === part.readUInt32LE(12);
    if (!isWhole) throw new DamageError('space.db-mark', 'its checksum is wrong');
    return { salt: Buffer.from(part.subarray(0, 8)), frames: part.readUInt32LE(8) };
  };
  return { synced: decode(syncedAt), carried: decode(carriedAt) };
}

function encode({ salt, frames }: LogPosition): Buffer {
  const bytes = Buffer.alloc(positionBytes);
  salt.copy(bytes);
  bytes.writeUInt32LE(frames, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12);
  return bytes;
}
