import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../tools/simulate/plan/random';
import { buildRecorder } from '../power-loss/build-recorder';
import type { HostFailureResult } from '../torture-process/host-failures/host-failure-result';
import { workInLittleRoom } from './little-room';
import { Trial, withTrial } from './trial';

/** How much may be written in all, in bytes: less than a start needs, and up to some hundred events. */
const rooms = [0, 3000, 60_000, 400_000, 800_000, 1_600_000, 4_000_000];

/** The disk is full at some point of the start or of the work, and later no longer, in some tries after a kill. */
export function noRoom(seed: number): Promise<HostFailureResult> {
  return withTrial(async (_, folder) => {
    const recorder = buildRecorder(folder);
    const random = createRandom(seed);
    const tries = rooms.map(async (most, number) => {
      const place = join(folder, `room-${number}`);
      mkdirSync(place);
      const trial = new Trial(recorder, place);
      const room = Math.floor(random.between(most / 2, most));
      trial.faults.set({ room });
      const settings = {
        seed: seed + number,
        isKilled: random.chance(0.5),
        enlarge: () => trial.faults.set({}),
      };
      return { room, ...(await workInLittleRoom(trial, settings)) };
    });
    const results = await Promise.all(tries);
    return {
      saw: results.map(({ room, saw }) => `${room} bytes: ${saw}`).join('; '),
      broken: results.flatMap(({ room, broken }) => broken.map((sentence) => `${room} bytes: ${sentence}`)),
    };
  });
}
