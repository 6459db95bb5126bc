import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { SpaceProcess } from '../space-process';
import { withFolder } from '../temporary-folder';
import { type HostFailureResult, skip } from './host-failure-result';
import { mountReadOnly, unmount } from './mount';

/** Makes a path read-only, for root too. @returns a function that takes it back, null when it cannot be done */
function protect(path: string, mode: number, modeAfterwards: number): (() => void) | null {
  if (process.getuid?.() === 0) return mountReadOnly(path) ? () => unmount(path) : null;
  chmodSync(path, mode);
  return () => chmodSync(path, modeAfterwards);
}

/** Starts a space on a database file, and on a folder, that cannot be written to. */
export function readOnlyStorage(): Promise<HostFailureResult> {
  return withFolder(async (folder) => {
    const directory = join(folder, 'space');
    await (await SpaceProcess.serving({ directory })).stop();
    const saw: string[] = [];
    const broken: string[] = [];
    const paths = {
      file: [join(directory, 'space.db'), 0o400, 0o600],
      folder: [directory, 0o500, 0o700],
    } as const;
    for (const [name, [path, mode, modeAfterwards]] of Object.entries(paths)) {
      const undo = protect(path, mode, modeAfterwards);
      if (undo === null) return skip('this user may not mount a file system');
      const space = new SpaceProcess({ directory });
      try {
        const serves = await space.serves();
        await space.over(1000);
        const lines = space.output.trim().split('\n');
        saw.push(`${name}: ${serves ? 'starts' : `refused, "${lines[0]}"`}`);
        if (serves) broken.push(`a space starts on a ${name} that is read-only`);
        else if (space.exitCode !== 1) broken.push(`exit code ${space.exitCode} instead of 1`);
        if (!serves && lines.length !== 1) broken.push(`${lines.length} lines instead of a sentence`);
      } finally {
        await space.kill();
        undo();
      }
    }
    const afterwards = await SpaceProcess.serving({ directory });
    await afterwards.stop();
    return { saw: saw.map((sentence) => sentence.replaceAll(directory, 'FOLDER')).join('; '), broken };
  });
}
