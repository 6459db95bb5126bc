import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readSpaceFile } from '../../local/start/space-file';

export const signingKey = 'key-torture0123456789abcdef0123456';
export const apiKey = 'torture-api-key';

const here = dirname(fileURLToPath(import.meta.url));
export const projectRoot = join(here, '..', '..');
const preload = pathToFileURL(join(here, 'clock-preload.mjs')).href;

export interface ProcessSettings {
  readonly directory: string;
  /** The app, relative to the project; default ours. */
  readonly app?: string;
  /** Runs the compiled app instead of its sources. */
  readonly bundle?: boolean;
  /** As `--quirks` takes them; default the local space's own. */
  readonly quirks?: string;
  /** A file for {@link writeClock}; default the real time. */
  readonly clockFile?: string;
  /** Runs the process as another user, which only root can. */
  readonly uid?: number;
  /** More variables for the process. */
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const maxOutputLength = 20_000;
/** A machine that is busy with other things takes its time to compile the app. */
const maxStartMs = 240_000;

/** `local/main.ts` as a process of its own: what `npm start` runs. */
export class SpaceProcess {
  /** The end of what it has printed. */
  output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private readonly directory: string;

  /** Starts the process and returns at once. */
  constructor({ directory, app, bundle, quirks, clockFile, uid, env }: ProcessSettings) {
    this.directory = directory;
    const flags = [
      ...(app === undefined ? [] : ['--app', app]),
      ...(bundle ? ['--bundle'] : []),
      ...(quirks === undefined ? [] : ['--quirks', quirks]),
    ];
    this.child = spawn(
      process.execPath,
      ['--import', preload, '--import', 'tsx', 'local/main.ts', ...flags],
      {
        cwd: projectRoot,
        env: {
          PATH: process.env.PATH,
          PORT: '0',
          HOST: '127.0.0.1',
          SPACE_DIR: directory,
          SPACE_API_KEY: apiKey,
          MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
          // A compiled module in a shared cache may be another user's.
          TSX_DISABLE_CACHE: uid === undefined ? undefined : '1',
          ...(clockFile === undefined ? {} : { SPACE_CLOCK: clockFile }),
          ...env,
        },
        ...(uid === undefined ? {} : { uid, gid: uid }),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    running.add(this.child);
    const keep = (part: Buffer) => {
      this.output = (this.output + part.toString()).slice(-maxOutputLength);
    };
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    this.ended = once(this.child, 'close').finally(() => running.delete(this.child));
  }

  /** Starts the process and waits until it serves. */
  static async serving(settings: ProcessSettings): Promise<SpaceProcess> {
    const space = new SpaceProcess(settings);
    if (!(await space.serves())) throw new Error(`The space ended while it started:\n${space.output}`);
    return space;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('The process could not be started.');
    return this.child.pid;
  }

  get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Its exit code; null while it runs and when a signal ended it. */
  get exitCode(): number | null {
    return this.child.exitCode;
  }

  /** Where its routes are, null until it serves. */
  get url(): string | null {
    const file = readSpaceFile(this.directory);
    return file !== null && file.pid === this.child.pid ? file.url.replace('localhost', '127.0.0.1') : null;
  }

  /** Waits until it serves, or has ended. Returns whether it serves. */
  async serves(): Promise<boolean> {
    const deadline = performance.now() + maxStartMs;
    while (!this.isOver && performance.now() < deadline) {
      if (this.url !== null) return true;
      await sleep(20);
    }
    return false;
  }

  /** Waits until the process is over, at most so many milliseconds. */
  async over(limit: number): Promise<void> {
    await Promise.race([this.ended, sleep(limit, undefined, { ref: false })]);
  }

  /** Ends it by SIGKILL, as a power switch would: nothing in it runs any more. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Ends it as an operator would. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.over(20_000);
    if (!this.isOver) await this.kill();
  }
}
