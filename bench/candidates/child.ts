import { type ChildProcess, spawn } from 'node:child_process';

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export interface Child {
  readonly pid: number;
  /** The first message that it sends. */
  readonly ready: Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a program that tells by a first message, or by nothing, that it is ready, and ends it with this process. */
export function startChild(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  ipc: boolean,
): Child {
  const child = spawn(command, [...args], {
    env: { ...process.env, ...env },
    stdio: ipc ? ['ignore', 'ignore', 'inherit', 'ipc'] : ['ignore', 'ignore', 'inherit'],
  });
  running.add(child);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running.delete(child);
      resolve();
    });
    child.once('error', () => resolve());
  });
  const ready = new Promise<unknown>((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${command} ${args.join(' ')} ended with ${code}.`)));
  });
  // A caller that does not wait for it does not hear of its failure.
  ready.catch(() => {});
  return {
    pid: child.pid ?? 0,
    ready,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
