import { clockJumps } from './machine/clock-jumps';
import { fullDisk } from './machine/full-disk';
import type { MachineResult } from './machine/machine-result';
import { readOnlyStorage } from './machine/read-only-storage';
import { twoSpaces } from './machine/two-spaces';

/** What a machine may do to a space, and what must come of it. */
export const hostileMachines: Readonly<Record<string, (seed: number) => Promise<MachineResult>>> = {
  'the disk is full': fullDisk,
  'the storage is read-only': readOnlyStorage,
  'the clock jumps by a day': clockJumps,
  'two spaces on one folder': twoSpaces,
};
