import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSpaceFile } from '../local/start/space-file';
import { signingKey } from './load/signed-event';

/** A space that runs in a process of its own, as `npm start` runs it. */
export interface SpaceProcess {
  url: string;
  apiKey: string;
  /** Resident memory in bytes, now and at its largest; null where the system does not tell. */
  memory(): { now: number; peak: number } | null;
  stop(): Promise<void>;
}

/**
 * Starts the space on a free port.
 * @param folder with data; without it an empty one is made, and removed at the end
 */
export async function startSpaceProcess(flags: readonly string[], folder?: string): Promise<SpaceProcess> {
  const directory = folder ?? mkdtempSync(join(tmpdir(), 'bench-space-'));
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', ...flags], {
    env: { ...process.env, SPACE_DIR: directory, PORT: '0', MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let found = readSpaceFile(directory);
  for (let tries = 0; found === null && child.exitCode === null && tries < 600; tries += 1) {
    await sleep(100);
    found = readSpaceFile(directory);
  }
  if (found === null) throw new Error('The space did not start.');
  return {
    url: found.url,
    apiKey: found.apiKey,
    memory: () => readMemory(child.pid),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      if (folder === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function readMemory(pid: number | undefined): { now: number; peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1024;
    return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
  } catch {
    return null;
  }
}
