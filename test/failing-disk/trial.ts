import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildRecorder, whyNoRecorder } from '../power-loss/build-recorder';
import { DiskFaults } from '../power-loss/disk-faults';
import { judge } from '../power-loss/judge';
import { recorded } from '../power-loss/load';
import { Sender } from '../power-loss/sender';
import { shortlyBeforeTheSweep } from '../torture-process/clock';
import { type HostFailureResult, skip } from '../torture-process/host-failures/host-failure-result';
import { type Notice, planNotices } from '../torture-process/notices';
import { SpaceProcess } from '../torture-process/space-process';
import { withFolder } from '../torture-process/temporary-folder';

/** A space on a disk that can be made to fail, and somebody who tells it of events. */
export class Trial {
  readonly directory: string;
  readonly log: string;
  readonly faults: DiskFaults;
  readonly sender = new Sender();
  readonly #recorder: string;
  readonly #folder: string;

  constructor(recorder: string, folder: string) {
    this.#recorder = recorder;
    this.#folder = folder;
    this.directory = join(folder, 'space');
    this.log = join(folder, 'record');
    this.faults = new DiskFaults(join(folder, 'faults'));
  }

  /** Starts a process on the data folder. */
  start(): SpaceProcess {
    const env = recorded(this.#recorder, this.directory, this.log, this.faults);
    return new SpaceProcess({ directory: this.directory, env });
  }

  /** The same, serving; the sender's requests go there from now on. */
  async serving(): Promise<SpaceProcess> {
    const space = this.start();
    if (!(await space.serves())) throw new Error(`The space does not start: ${space.output.slice(0, 400)}`);
    this.sender.url = space.url ?? '';
    return space;
  }

  /** What a space that starts on the folder as it is, with a sound disk, holds otherwise than promised. */
  judge(): Promise<string[]> {
    const { promised } = this.sender;
    const notBefore = shortlyBeforeTheSweep(Date.now()).shows;
    return judge(this.directory, join(this.#folder, 'clock.json'), { promised, kept: promised, notBefore });
  }
}

/** Runs a trial in a folder of its own, where a recorder can be built. */
export function withTrial(
  work: (trial: Trial, folder: string) => Promise<HostFailureResult>,
): Promise<HostFailureResult> {
  const reason = whyNoRecorder();
  if (reason !== null) return Promise.resolve(skip(reason));
  return withFolder((folder) => work(new Trial(buildRecorder(folder), folder), folder));
}

/** The events of a campaign that begins now. */
export const planEvents = (seed: number, recipients: number): Promise<Notice[]> =>
  planNotices({ seed, recipients, now: Date.now() / 1000, plain: false });

/** Whether work ends within so many milliseconds; if not, it goes on. */
export const endsWithin = (work: Promise<unknown>, limit: number): Promise<boolean> =>
  Promise.race([work.then(() => true), sleep(limit, false, { ref: false })]);

/** What a space has said that did not start. */
export async function lastWords(space: SpaceProcess): Promise<string> {
  await space.over(5000);
  return space.output;
}

/** What is wrong with the words of a space that refused to start: it owes its owner one sentence. */
export function notASentence(output: string): string[] {
  // What the app has logged until then is not what ended the start.
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('mailgun '));
  const isRaw = /^\s+at |[A-Z]\w*Error:/m.test(output);
  return lines.length === 1 && !isRaw
    ? []
    : [`refused with ${lines.length} lines instead of a sentence: ${output.trim().slice(0, 200)}`];
}
