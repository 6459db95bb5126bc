import { chmodSync, cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildRecorder } from '../power-loss/build-recorder';
import type { HostFailureResult } from '../torture-process/host-failures/host-failure-result';
import { mountReadOnly, unmount } from '../torture-process/host-failures/mount';
import { endsWithin, lastWords, notASentence, planEvents, Trial, withTrial } from './trial';

/** Each file of a killed space's folder is read-only once: it serves all the same, or names the file and ends. */
export function oneFileReadOnly(seed: number): Promise<HostFailureResult> {
  return withTrial(async (trial, folder) => {
    const space = await trial.serving();
    await trial.sender.tellAll(await planEvents(seed, 20));
    await space.kill();
    const recorder = buildRecorder(folder);
    const broken: string[] = [];
    const saw: string[] = [];
    for (const name of readdirSync(trial.directory)) {
      const place = join(folder, `without-${name}`);
      mkdirSync(place);
      const copy = new Trial(recorder, place);
      cpSync(trial.directory, copy.directory, { recursive: true });
      const file = join(copy.directory, name);
      const isMounted = mountReadOnly(file);
      if (!isMounted) chmodSync(file, 0o400);
      try {
        const served = await tryStart(copy, name, seed, broken);
        saw.push(`${name}: ${served ? 'serves' : 'refused'}`);
      } finally {
        if (isMounted) unmount(file);
      }
    }
    return { saw: saw.join(', '), broken };
  });
}

async function tryStart(trial: Trial, name: string, seed: number, broken: string[]): Promise<boolean> {
  const space = trial.start();
  try {
    const serves = await space.serves();
    if (serves) {
      trial.sender.url = space.url ?? '';
      const [event] = await planEvents(seed + 1, 1);
      const told = event === undefined ? Promise.resolve() : trial.sender.tellAll([event]);
      if (!(await endsWithin(told, 15_000))) broken.push(`${name}: serves, but takes nothing in`);
      trial.sender.giveUp();
    } else {
      const words = await lastWords(space);
      broken.push(...notASentence(words).map((sentence) => `${name}: ${sentence}`));
      if (!words.includes(name)) broken.push(`${name}: the refusal does not name the file`);
    }
    return serves;
  } finally {
    await space.kill();
  }
}
