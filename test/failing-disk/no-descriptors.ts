import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostFailureResult } from '../torture-process/host-failures/host-failure-result';
import { endsWithin, planEvents, withTrial } from './trial';

/** How long there are no descriptors, in milliseconds. */
const shortage = 3000;

/** Connections that say nothing: more than there are descriptors. */
const idleConnections = 30;

/** No further file can be opened, then no further connection either, while events arrive. */
export function noDescriptors(seed: number): Promise<HostFailureResult> {
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
      limitDescriptors(space.pid, readdirSync(`/proc/${space.pid}/fd`).length + 2);
      const idle = Array.from({ length: idleConnections }, () =>
        connect(Number(new URL(sender.url).port), '127.0.0.1'),
      );
      for (const socket of idle) socket.on('error', () => {});
      const more = sender.tellAll(await planEvents(seed + 7, 60));
      await sleep(shortage);
      limitDescriptors(space.pid, 4096);
      for (const socket of idle) socket.destroy();
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
