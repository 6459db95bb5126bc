import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { erasedAddress } from '../power-loss/load';
import type { HostFailureResult } from '../torture-process/host-failures/host-failure-result';
import { planEvents, withTrial } from './trial';

/** Every path below a folder that its owner does not have for himself, with its mode. */
function openToOthers(folder: string): string[] {
  const paths = [
    folder,
    ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
  ];
  return paths.flatMap((path) => {
    const found = statSync(path);
    const mode = found.mode & 0o777;
    return mode === (found.isDirectory() ? 0o700 : 0o600)
      ? []
      : [`${path.slice(folder.length) || 'the folder'} has mode ${mode.toString(8)}`];
  });
}

/** The files below a folder in which a text stands. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter(
      (name) => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes(text),
    );
}

/** A data folder that was open to everybody, and so was what is in it. */
export function privateFolder(seed: number): Promise<HostFailureResult> {
  return withTrial(async (trial) => {
    const { directory, sender } = trial;
    mkdirSync(directory, { mode: 0o755 });
    chmodSync(directory, 0o755);
    const first = await trial.serving();
    await sender.tellAll(await planEvents(seed, 5));
    const broken = openToOthers(directory);
    await first.kill();
    for (const name of readdirSync(directory)) chmodSync(join(directory, name), 0o644);
    chmodSync(directory, 0o777);
    const second = await trial.serving();
    await sender.tellAll(await planEvents(seed + 1, 5));
    broken.push(...openToOthers(directory));
    await second.stop();
    broken.push(...openToOthers(directory));
    return { saw: 'all for their owner alone', broken: [...new Set(broken)] };
  });
}

/** Milliseconds in which events have their effects. */
const settled = 4000;

/** Somebody is erased: the files hold nothing of the address, after the answer and after a stop. */
export function erasedFromFiles(seed: number): Promise<HostFailureResult> {
  return withTrial(async (trial) => {
    const { directory, sender } = trial;
    const broken: string[] = [];
    const space = await trial.serving();
    try {
      const events = (await planEvents(seed, 60)).filter(({ event }) => event.encoding === 'json');
      const theirs = events.slice(0, 30).map((notice) => {
        const { failure, ...event } = notice.event;
        return {
          ...notice,
          event: { ...event, kind: 'delivered' as const, flags: {}, recipient: erasedAddress },
        };
      });
      await sender.tellAll([...theirs, ...events.slice(30)]);
      if (filesWith(directory, erasedAddress).length === 0) broken.push('the address never reached a file');
      // By then the events have had their effects, and stand wherever the storage keeps what has been there a while.
      await sleep(settled);
      await sender.erase(erasedAddress);
      // The log is emptied in the next quiet moment.
      for (let tries = 0; tries < 60 && filesWith(directory, erasedAddress).length > 0; tries += 1)
        await sleep(500);
      for (const name of filesWith(directory, erasedAddress))
        broken.push(`still in ${name} half a minute after the erasure`);
    } finally {
      await space.stop();
    }
    for (const name of filesWith(directory, erasedAddress)) broken.push(`still in ${name} after a stop`);
    return { saw: 'gone from every file', broken };
  });
}
