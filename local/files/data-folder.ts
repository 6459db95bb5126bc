import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../start-error';

/**
 * Makes the data folder, for its owner only, as it holds what recipients did.
 * @throws {StartError} when it cannot be made, or it or the database in it cannot be written to.
 */
export function makeDataFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    // A full disk needs room, not another folder: who explains failures says how much.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
      throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `The data folder ${directory} cannot be made (${reason}); set SPACE_DIR to another one.`,
    );
  }
  assertWritable(directory, `The data folder ${directory}`);
  keepForOwner(directory);
  // SQLite opens a file without rights to write all the same, and then every webhook would fail.
  const database = join(directory, 'space.db');
  if (existsSync(database)) {
    assertWritable(database, `The database ${database}`);
  }
}

/** Takes the rights of everybody else away, also from what was there before. */
export function keepForOwner(directory: string): void {
  chmodIfNeeded(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) keepForOwner(path);
    else if (entry.isFile()) chmodIfNeeded(path, 0o600);
  }
}

/** A file that its owner alone may write to may lie on a disk that is read-only. */
function chmodIfNeeded(path: string, mode: number): void {
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, mode);
}

function assertWritable(path: string, name: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch {
    throw new StartError(`${name} cannot be written to; change its owner or set SPACE_DIR.`);
  }
}
