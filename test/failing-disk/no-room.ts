import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../tools/simulate/plan/random';
import { buildRecorder } from '../power-loss/build-recorder';
import type { MachineResult } from '../torture-process/machine/machine-result';
import { endsWithin, lastWords, notASentence, planEvents, Trial, withTrial } from './trial';

/** How much may be written in all, in bytes: less than a start needs, and up to some hundred events. */
const rooms = [0, 3000, 60_000, 400_000, 800_000, 1_600_000, 4_000_000];

/** The disk is full at some point of the start or of the work, and later no longer, in some tries after a kill. */
export function noRoom(seed: number): Promise<MachineResult> {
  return withTrial(async (_, folder) => {
    const recorder = buildRecorder(folder);
    const random = createRandom(seed);
    const broken: string[] = [];
    const saw: string[] = [];
    const tries = rooms.map(async (most, number) => {
      const place = join(folder, `room-${number}`);
      mkdirSync(place);
      const room = Math.floor(random.between(most / 2, most));
      const result = await tryRoom(new Trial(recorder, place), seed + number, room, random.chance(0.5));
      saw.push(result.saw);
      broken.push(...result.broken.map((sentence) => `${room} bytes: ${sentence}`));
    });
    await Promise.all(tries);
    return { saw: saw.join('; '), broken };
  });
}

async function tryRoom(trial: Trial, seed: number, room: number, isKilled: boolean): Promise<MachineResult> {
  const { sender, faults } = trial;
  const broken: string[] = [];
  faults.set({ room });
  let space = trial.start();
  const starts = await space.serves();
  try {
    if (!starts) {
      broken.push(...refusal(await lastWords(space)));
      faults.set({});
      space = await trial.serving();
    }
    sender.url = space.url ?? '';
    const told = sender.tellAll(await planEvents(seed, 40));
    await sleep(2000);
    if (space.isOver) broken.push(`the process ended: ${space.output.slice(-300)}`);
    if (starts && isKilled) {
      await space.kill();
      space = trial.start();
      if (!(await space.serves())) {
        broken.push(...refusal(await lastWords(space)));
        faults.set({});
        space = await trial.serving();
      }
      sender.url = space.url ?? '';
    }
    faults.set({});
    if (!(await endsWithin(told, 30_000))) broken.push('events are refused although there is room again');
  } finally {
    await space.kill();
  }
  const statuses = new Set(sender.replies.map(({ status }) => status));
  for (const status of statuses)
    if (status !== null && status !== 200 && status !== 503) broken.push(`an answer of ${status}`);
  const refused = sender.replies.filter(({ status }) => status === 503).length;
  return {
    saw: starts ? `${refused} times 503` : 'refused to start',
    broken: [...broken, ...(await trial.judge())],
  };
}

/** A space that does not start for want of room owes its owner a sentence that says how much it needs. */
function refusal(output: string): string[] {
  return [
    ...notASentence(output),
    ...(/\d+ ?([KMG]i?)?B\b|\d+ bytes/i.test(output)
      ? []
      : ['the refusal does not say how much room is needed']),
  ];
}
