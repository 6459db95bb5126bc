import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import * as v from 'valibot';
import { makeFolder } from '../measure/folder';
import { median } from '../measure/numbers';

const coldStart = v.object({
  load: v.number(),
  spaceStart: v.number(),
  firstAnswer: v.number(),
  cpu: v.number(),
});

/** Milliseconds of a cold start. */
export interface ColdStart {
  /** Evaluating the bundle, which nothing has loaded before in this process. */
  readonly load: number;
  /** The first webhook, from request to answer. */
  readonly firstAnswer: number;
  /** Opening the database, the second load of the bundle and listening: the local space's part. */
  readonly spaceStart: number;
  /** CPU time of load and first answer, which a busy machine lengthens less than the time on the clock. */
  readonly cpu: number;
}

/**
 * Cold starts of several processes.
 * @returns the medians, and the fastest process: what the code takes when the machine does nothing else
 * @param other a bundle with which the local space's own code is warmed up, so that only the app is cold
 */
export async function measureColdStart(
  bundle: string,
  other: string,
  runs: number,
): Promise<{ median: ColdStart; fastest: ColdStart }> {
  const used = makeFolder('cold');
  const seen: Array<v.InferOutput<typeof coldStart>> = [];
  // The first run makes the data folder. The others get copies of it, in which no job waits.
  for (let run = -1; run < runs; run += 1) {
    const directory = run < 0 ? used : makeFolder('cold');
    if (run >= 0) cpSync(used, directory, { recursive: true });
    const args = [bundle, other, directory, makeFolder('warm'), run < 0 ? 'settle' : ''];
    const child = fork('bench/ours/cold-start-child.ts', args, {
      execArgv: ['--import', 'tsx'],
      // The app logs a line per event.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const exited = once(child, 'exit');
    const [message] = await Promise.race([once(child, 'message'), exited]);
    const parsed = v.safeParse(coldStart, message);
    if (!parsed.success) throw new Error('The bundle did not start.');
    await exited;
    if (run >= 0) seen.push(parsed.output);
  }
  const of = (name: keyof ColdStart) => median(seen.map((figures) => figures[name]));
  const sum = ({ load, firstAnswer }: ColdStart) => load + firstAnswer;
  const [fastest] = [...seen].sort((one, other) => sum(one) - sum(other));
  if (fastest === undefined) throw new Error('There must be one run at least.');
  return {
    median: {
      load: of('load'),
      spaceStart: of('spaceStart'),
      firstAnswer: of('firstAnswer'),
      cpu: of('cpu'),
    },
    fastest,
  };
}
