import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { CannotRun } from '../cannot-run';
import { type Format, formats } from './arguments';
import { writeWhole } from './write-whole';

const stateFile = 'export.json';
const lockFile = 'export.lock';

const state = v.object({
  /** Behind the last event that is in the files; empty at first. */
  cursor: v.string(),
  format: v.picklist(formats),
  withOriginal: v.boolean(),
  space: v.string(),
});

/** How far an export is, and what it is of. */
export type ExportState = v.InferOutput<typeof state>;

/**
 * Reads how far the export of a folder is.
 * @param wanted what this run is asked for; it is what the first run of the folder was
 * @throws CannotRun for a folder that holds something else
 */
export async function readState(
  folder: string,
  wanted: Omit<ExportState, 'cursor'> & { format: Format },
): Promise<ExportState> {
  const path = join(folder, stateFile);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new CannotRun(`${path} cannot be read (${error.message}).`);
  });
  if (text === null) return { cursor: '', ...wanted };
  let stored: ExportState;
  try {
    stored = v.parse(state, JSON.parse(text));
  } catch {
    throw new CannotRun(`${path} is damaged: export into an empty folder.`);
  }
  if (stored.space !== wanted.space)
    throw new CannotRun(
      `${folder} holds the events of ${stored.space}: export ${wanted.space} into another folder.`,
    );
  if (stored.format !== wanted.format || stored.withOriginal !== wanted.withOriginal)
    throw new CannotRun(
      `${folder} holds ${stored.format} ${stored.withOriginal ? 'with' : 'without'} originals: go on with that, or export into another folder.`,
    );
  return stored;
}

/** Notes how far the export is. */
export function writeState(folder: string, next: ExportState): Promise<void> {
  return writeWhole(join(folder, stateFile), (path) => writeFile(path, `${JSON.stringify(next, null, 2)}\n`));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Takes a folder for this process: two runs at once would take each other's cursor back.
 * @returns gives it free
 * @throws CannotRun when another process has it; one that has died does not count
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, lockFile);
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new CannotRun(`The folder ${folder} cannot be made (${error.message}).`);
  });
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
        throw new CannotRun(
          `${folder} cannot be written (${error instanceof Error ? error.message : error}).`,
        );
      const pid = Number(await readFile(path, 'utf8').catch(() => ''));
      if (pid > 0 && isAlive(pid))
        throw new CannotRun(`Process ${pid} exports into ${folder} already: wait for it, or end it.`);
      await rm(path, { force: true });
    }
  }
  throw new CannotRun(`Another process exports into ${folder}: wait for it.`);
}
