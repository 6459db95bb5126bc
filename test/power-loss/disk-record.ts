/** What `record-disk.c` writes down; the letters are its own. */
const kinds = {
  O: 'open',
  C: 'close',
  W: 'write',
  T: 'truncate',
  R: 'rename',
  U: 'remove',
  M: 'make folder',
  S: 'sync begins',
  E: 'sync ends',
  F: 'sync fails',
  N: 'send',
} as const;

export interface DiskRecord {
  readonly kind: (typeof kinds)[keyof typeof kinds];
  /** The process and its descriptor: an open file, until it is closed. */
  readonly descriptor: string;
  readonly thread: number;
  /** Of a write: where; of a truncation: the new size. In bytes. */
  readonly offset: number;
  /** Whether an open emptied the file. */
  readonly empties: boolean;
  /** A path, two paths with a zero between them, what was written, or the beginning of what was sent. */
  readonly data: Buffer;
}

const headerBytes = 32;
const isKind = (letter: string): letter is keyof typeof kinds => letter in kinds;

/**
 * Reads a recorder's log.
 * @throws Error when it is not one
 */
export function readDiskRecords(log: Buffer): DiskRecord[] {
  const records: DiskRecord[] = [];
  for (let at = 0; at < log.length; ) {
    const letter = String.fromCharCode(log.readUInt8(at));
    if (!isKind(letter)) throw new Error(`The record of the disk is damaged at byte ${at}.`);
    const length = log.readUInt32LE(at + 24);
    records.push({
      kind: kinds[letter],
      descriptor: `${log.readInt32LE(at + 4)}:${log.readInt32LE(at + 12)}`,
      thread: log.readInt32LE(at + 8),
      offset: Number(log.readBigInt64LE(at + 16)),
      empties: log.readUInt32LE(at + 28) === 1,
      data: log.subarray(at + headerBytes, at + headerBytes + length),
    });
    at += headerBytes + length;
  }
  return records;
}
