import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';
import { StartError } from '../start-error';
import { checkStorage } from '../storage';

/** What was put back. */
export interface Restored {
  readonly spaces: number;
  readonly documents: number;
}

/**
 * Puts a backup back into an empty folder and compares all of it with its checksums.
 * @throws {StartError} with one sentence
 * @throws {StorageError} when the backup does not hold what was written
 */
export async function restore(file: string, directory: string): Promise<Restored> {
  if (!existsSync(file)) throw new StartError(`There is no backup ${file}.`);
  if (existsSync(directory) && readdirSync(directory).length > 0)
    throw new StartError(
      `The data folder ${directory} is not empty; move it away or set SPACE_DIR to another one.`,
    );
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    await extract({ file, cwd: directory, strict: true, noChmod: true, preserveOwner: false });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`${file} is no backup of a space, or is damaged (${reason}).`);
  }
  if (!existsSync(join(directory, 'space.db')))
    throw new StartError(`${file} is no backup of a space: it holds no space.db.`);
  return keepForOwner(directory);
}

/** Takes the rights of everybody else away, and checks each database. */
function keepForOwner(directory: string): Restored {
  chmodSync(directory, 0o700);
  let [spaces, documents] = [0, 0];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      const inside = keepForOwner(path);
      spaces += inside.spaces;
      documents += inside.documents;
      continue;
    }
    chmodSync(path, 0o600);
    if (entry.name !== 'space.db') continue;
    spaces += 1;
    documents += checkStorage(directory);
  }
  return { spaces, documents };
}
