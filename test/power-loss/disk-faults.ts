import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Faults {
  /** Syncs end with EIO, and what they were to write is lost. */
  readonly syncsFail?: boolean;
  /** Files cannot be opened: EMFILE. */
  readonly opensFail?: boolean;
  /** Bytes that may still be written before the disk is full; default no limit. */
  readonly room?: number;
  /** The process kills itself as soon as it touches the disk. */
  readonly isDead?: boolean;
}

/** After so many milliseconds nothing that the process had begun goes on. */
const untilStill = 50;

/** How the disk of a process fails that runs with `record-disk.c` and this file as RECORD_FAULTS. */
export class DiskFaults {
  /** @param file is made */
  constructor(readonly file: string) {
    writeFileSync(file, Buffer.alloc(16));
  }

  /** Kills a process at a moment at which its record is complete. */
  async kill(space: { kill(): Promise<void> }): Promise<void> {
    this.set({ isDead: true });
    await sleep(untilStill);
    await space.kill();
    this.set({});
  }

  /** Fails in this way from now on, and in no other. */
  set({ syncsFail = false, opensFail = false, room, isDead = false }: Faults): void {
    // `struct faults`
    const bytes = Buffer.alloc(16);
    bytes.writeUInt8(Number(syncsFail), 0);
    bytes.writeUInt8(Number(opensFail), 1);
    bytes.writeUInt8(Number(room !== undefined), 2);
    bytes.writeUInt8(Number(isDead), 3);
    bytes.writeBigInt64LE(BigInt(Math.floor(room ?? 0)), 8);
    const descriptor = openSync(this.file, 'r+');
    try {
      writeSync(descriptor, bytes, 0, bytes.length, 0);
    } finally {
      closeSync(descriptor);
    }
  }
}
