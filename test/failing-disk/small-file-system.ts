import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildRecorder } from '../power-loss/build-recorder';
import { type HostFailureResult, skip } from '../torture-process/host-failures/host-failure-result';
import { mountSmall, unmount } from '../torture-process/host-failures/mount';
import { workInLittleRoom } from './little-room';
import { Trial, withTrial } from './trial';

/** Sizes of file systems in MiB: too small for a start, and too small for the events that come. */
const sizes = [1, 2, 4];

/** A file system of its own runs full, so that mapped memory has no room either, and is then made larger. */
export function smallFileSystem(seed: number): Promise<HostFailureResult> {
  return withTrial(async (_, folder) => {
    const recorder = buildRecorder(folder);
    const results: HostFailureResult[] = [];
    for (const size of sizes) {
      const place = join(folder, `size-${size}`);
      mkdirSync(place);
      const trial = new Trial(recorder, place);
      mkdirSync(trial.directory);
      if (!mountSmall(trial.directory, size)) return skip('this user may not mount a file system');
      try {
        const enlarge = () => execFileSync('mount', ['-o', 'remount,size=64m', trial.directory]);
        results.push(await workInLittleRoom(trial, { seed: seed + size, isKilled: size % 2 === 0, enlarge }));
      } finally {
        unmount(trial.directory);
      }
    }
    return {
      saw: results.map(({ saw }, index) => `${sizes[index]} MiB: ${saw}`).join('; '),
      broken: results.flatMap(({ broken }, index) => broken.map((one) => `${sizes[index]} MiB: ${one}`)),
    };
  });
}
