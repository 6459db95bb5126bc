import { clockJumps } from './host-failures/clock-jumps';
import { fullDisk } from './host-failures/full-disk';
import type { HostFailureResult } from './host-failures/host-failure-result';
import { readOnlyStorage } from './host-failures/read-only-storage';
import { twoSpaces } from './host-failures/two-spaces';

/** What a machine may do to a space, and what must come of it. */
export const hostFailures: Readonly<Record<string, (seed: number) => Promise<HostFailureResult>>> = {
  'the disk is full': fullDisk,
  'the storage is read-only': readOnlyStorage,
  'the clock jumps by a day': clockJumps,
  'two spaces on one folder': twoSpaces,
};
