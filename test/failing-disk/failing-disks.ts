import type { HostFailureResult } from '../torture-process/host-failures/host-failure-result';
import { failingSyncs } from './failing-syncs';
import { killsWhileStarting } from './kills-while-starting';
import { noDescriptors } from './no-descriptors';
import { noRoom } from './no-room';
import { oneFileReadOnly } from './one-file-read-only';
import { erasedFromFiles, privateFolder } from './private-folder';
import { smallFileSystem } from './small-file-system';

/** What a disk may do to a space, and what must come of it. */
export const failingDisks: Readonly<Record<string, (seed: number) => Promise<HostFailureResult>>> = {
  'every sync fails': failingSyncs,
  'the disk is full at any point': noRoom,
  'a small file system is full': smallFileSystem,
  'no descriptors are left': noDescriptors,
  'killed again and again while it starts': killsWhileStarting,
  'one file is read-only': oneFileReadOnly,
  'the folder was open to everybody': privateFolder,
  'somebody is erased': erasedFromFiles,
};
