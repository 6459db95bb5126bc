import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineResult } from '../torture-process/machine/machine-result';
import { endsWithin, planEvents, withTrial } from './trial';

/** How long there are no descriptors, in milliseconds. */
const shortage = 3000;

/** No further file can be opened, then no further connection either, while events arrive. */
export function noDescriptors(seed: number): Promise<MachineResult> {
  return withTrial(async (trial) => {
    const { sender, faults } = trial;
    const broken: string[] = [];
    const space = await trial.serving();
    try {
      const told = sender.tellAll(await planEvents(seed, 300));
      await sleep(200);
      faults.set({ opensFail: true });
      await sleep(shortage);
      faults.set({});
      limitDescriptors(space.pid, readdirSync(`/proc/${space.pid}/fd`).length + 1);
      const more = sender.tellAll(await planEvents(seed + 7, 60));
      await sleep(shortage);
      limitDescriptors(space.pid, 4096);
      if (!(await endsWithin(Promise.all([told, more]), 30_000)))
        broken.push('events are refused although there are descriptors again');
      if (space.isOver) broken.push(`the process ended: ${space.output.slice(-300)}`);
    } finally {
      await space.kill();
    }
    const failed = sender.replies.filter(({ status }) => status !== 200).length;
    return {
      saw: `${failed} of ${sender.replies.length} requests not answered 200`,
      broken: [...broken, ...(await trial.judge())],
    };
  });
}

function limitDescriptors(pid: number, most: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:`]);
}
