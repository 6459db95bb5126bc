import { join } from 'node:path';
import { SpaceProcess } from '../space-process';
import { withFolder } from '../temporary-folder';
import type { HostFailureResult } from './host-failure-result';

/** Starts a second space on a folder in use, and another one after the first was killed. */
export function twoSpaces(): Promise<HostFailureResult> {
  return withFolder(async (folder) => {
    const directory = join(folder, 'space');
    const first = await SpaceProcess.serving({ directory });
    const second = new SpaceProcess({ directory });
    try {
      const broken: string[] = [];
      if (await second.serves()) broken.push('two spaces serve one folder');
      await second.over(1000);
      const sentence = second.output.trim().replaceAll(directory, 'FOLDER');
      if (sentence.includes('\n')) broken.push('the refusal is not one sentence');
      const health = await fetch(`${first.url}/health`);
      if (health.status !== 200) broken.push(`the first space answers ${health.status} afterwards`);
      await first.kill();
      const third = await SpaceProcess.serving({ directory });
      await third.stop();
      return { saw: `refused, "${sentence}"; free again after a kill`, broken };
    } finally {
      await first.kill();
      await second.kill();
    }
  });
}
