import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { DamageError } from './errors';
import { readLogMark } from './log-mark';

const headerBytes = 32;
const frameHeaderBytes = 24;

/**
 * Makes sure, before SQLite opens it, that the write-ahead log still holds all that was synced. (Format: "The WAL File
 * Format" of SQLite's documentation.)
 * @param file the database
 * @throws {DamageError} when a part of it is missing or is not what was written
 */
export function checkLog(file: string): void {
  const mark = readLogMark(file);
  if (mark === undefined) return;
  if (!existsSync(file)) throw new DamageError('space.db', 'it is missing');
  const { synced, carried } = mark;
  const isCarried = carried.salt.equals(synced.salt) && carried.frames >= synced.frames;
  if (synced.frames === 0 || isCarried) return;
  const log = `${file}-wal`;
  if (!existsSync(log)) throw new DamageError('space.db-wal', 'it is missing');
  const descriptor = openSync(log, 'r');
  try {
    checkFrames(descriptor, synced.salt, synced.frames);
  } finally {
    closeSync(descriptor);
  }
}

function checkFrames(descriptor: number, salt: Buffer, frames: number): void {
  const header = read(descriptor, 0, headerBytes);
  if (header === null) throw new DamageError('space.db-wal', 'it has no header');
  const isBigEndian = (header.readUInt32BE(0) & 1) === 1;
  const pageBytes = header.readUInt32BE(8);
  let sums = checksum(header.subarray(0, 24), [0, 0], isBigEndian);
  if (!isSum(header, 24, sums)) throw new DamageError('space.db-wal', 'its header is not what was written');
  // The log was begun anew since, which SQLite does when all of it is in the database. It syncs a new header before it
  // writes anything behind it.
  if (!header.subarray(16, 24).equals(salt)) return;
  for (let frame = 0; frame < frames; frame += 1) {
    const at = headerBytes + frame * (frameHeaderBytes + pageBytes);
    const bytes = read(descriptor, at, frameHeaderBytes + pageBytes);
    const isOfThisLog = bytes?.subarray(8, 16).equals(salt) === true;
    if (bytes !== null && isOfThisLog) {
      sums = checksum(bytes.subarray(0, 8), sums, isBigEndian);
      sums = checksum(bytes.subarray(frameHeaderBytes), sums, isBigEndian);
    }
    if (bytes === null || !isOfThisLog || !isSum(bytes, 16, sums))
      throw new DamageError('space.db-wal', 'a part of it is not what was written');
  }
}

function read(descriptor: number, position: number, bytes: number): Buffer | null {
  if (fstatSync(descriptor).size < position + bytes) return null;
  const buffer = Buffer.alloc(bytes);
  return readSync(descriptor, buffer, 0, bytes, position) === bytes ? buffer : null;
}

type Sums = readonly [number, number];

function isSum(bytes: Buffer, at: number, [first, second]: Sums): boolean {
  return bytes.readUInt32BE(at) === first && bytes.readUInt32BE(at + 4) === second;
}

/** The checksum of SQLite's log, which goes on from that of what stands before. */
function checksum(bytes: Buffer, [first, second]: Sums, isBigEndian: boolean): Sums {
  let a = first;
  let b = second;
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0;
    b = (b + (isBigEndian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0;
  }
  return [a, b];
}
