import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { hasCode } from '../files/error-code';

const spaceFileSchema = v.looseObject({
  url: v.string(),
  apiKey: v.string(),
  adminToken: v.optional(v.string()),
  project: v.optional(v.string()),
  pid: v.number(),
});

/**
 * `space.json` in the data folder: how the tools on this machine find the running space.
 *
 * - `url`: where the routes are, with the space's name: `http://localhost:3000/dev`
 * - `apiKey`: for the header `x-apikey`
 * - `adminToken`: for the endpoints that the CLI of Codehooks calls
 * - `project`: the name that the CLI knows the space's project by
 * - `pid`: the process of the space
 * - and each development secret that the project asks for, unless the owner has set the variable: `signingKey`
 */
export type SpaceFile = v.InferOutput<typeof spaceFileSchema>;

/** Writes the file, readable by its owner only. */
export function writeSpaceFile(directory: string, content: SpaceFile): void {
  rmSync(pathOf(directory), { force: true });
  writeFileSync(pathOf(directory), `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}

/**
 * The file of the space that runs on a data folder, or null if none does.
 * @throws what the system throws when the file is there and may not be read
 */
export function readSpaceFile(directory: string): SpaceFile | null {
  let text: string;
  try {
    text = readFileSync(pathOf(directory), 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  // A space that starts is writing it just now, or died while it did.
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), spaceFileSchema), text);
  return parsed.success && isRunning(parsed.output.pid) ? parsed.output : null;
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 only asks whether the process is there.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return hasCode(error, 'EPERM');
  }
}

/** Removes the file when the space stops. */
export function removeSpaceFile(directory: string): void {
  rmSync(pathOf(directory), { force: true });
}

function pathOf(directory: string): string {
  return join(directory, 'space.json');
}
