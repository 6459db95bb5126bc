import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

export interface ToolRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a tool as `npm run` does, in a process of its own and in an empty folder, so that no `.env` and no
 * running space of the developer take part.
 * @param env the only variables it sees beside PATH
 * @param folder the folder it runs in instead
 */
export async function runTool(
  tool: string,
  commandLine: readonly string[],
  env: Readonly<Record<string, string>> = {},
  folder?: string,
): Promise<ToolRun> {
  const cwd = folder ?? (await mkdtemp(join(tmpdir(), 'tool-')));
  try {
    const main = join(process.cwd(), 'tools', tool, 'main.ts');
    const child = spawn(process.execPath, ['--import', tsx, main, ...commandLine], {
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, out, err };
  } finally {
    if (folder === undefined) await rm(cwd, { recursive: true, force: true });
  }
}
