import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../tools/simulate/plan/random';
import type { HostFailureResult } from '../torture-process/host-failures/host-failure-result';
import { planEvents, withTrial } from './trial';

const kills = 12;
/** Longer than a start, so that some kills come after it. In milliseconds. */
const longestStart = 1500;

/** Kills a space under load, and then again and again while it starts on what the last one left. */
export function killsWhileStarting(seed: number): Promise<HostFailureResult> {
  return withTrial(async (trial) => {
    const random = createRandom(seed);
    const first = await trial.serving();
    const told = trial.sender.tellAll(await planEvents(seed, 150));
    await sleep(random.between(300, 1200));
    await first.kill();
    for (let kill = 0; kill < kills; kill += 1) {
      const space = trial.start();
      await sleep(random.between(0, longestStart));
      const ended = space.isOver ? space.output : null;
      await space.kill();
      if (ended !== null)
        return { saw: '', broken: [`does not start after ${kill} kills: ${ended.slice(0, 300)}`] };
    }
    const last = await trial.serving();
    await told.finally(() => last.kill());
    return { saw: `${kills} kills while starting`, broken: await trial.judge() };
  });
}
