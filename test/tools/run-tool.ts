import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { afterAll } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tools-'));
symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'), 'dir');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const built = new Map<string, Promise<string>>();

async function buildTool(tool: string): Promise<string> {
  const outfile = join(folder, `${tool}.mjs`);
  await build({
    entryPoints: [join(process.cwd(), 'tools', tool, 'main.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  return outfile;
}

/** A tool as one file, built once for all tests of a file: translating it anew for each run takes most of the time. */
function builtTool(tool: string): Promise<string> {
  const file = built.get(tool) ?? buildTool(tool);
  built.set(tool, file);
  return file;
}

export interface ToolRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a tool in a process of its own and in an empty folder, so that no `.env` and no running space of the developer
 * take part.
 * @param env the only variables it sees beside PATH
 * @param cwd the folder it runs in instead
 */
export async function runTool(
  tool: string,
  commandLine: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = mkdtempSync(join(folder, 'run-')),
): Promise<ToolRun> {
  const child = spawn(process.execPath, [await builtTool(tool), ...commandLine], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}
