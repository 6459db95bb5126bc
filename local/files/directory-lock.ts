import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { StartError } from '../start-error';
import { hasCode } from './error-code';

/** Thrown when another process holds the folder. */
export class FolderInUse extends StartError {}

/**
 * Makes sure that one space at a time uses a data folder: two would run every job twice. The lock is one of
 * SQLite's, which the operating system releases however the process ends.
 *
 * @param file the lock's own file
 * @returns a function that releases the folder.
 * @throws {FolderInUse} when another space holds the folder; {StartError} when it cannot be written to.
 */
export function lockDirectory(directory: string, file = 'space.lock'): () => void {
  const database = openLock(directory, file);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (hasCode(error, 'SQLITE_BUSY'))
      throw new FolderInUse(
        `Another space is running on the data folder ${directory}; stop it or set SPACE_DIR.`,
      );
    if (hasCode(error, 'SQLITE_NOTADB') || hasCode(error, 'SQLITE_CORRUPT'))
      throw new StartError(
        `The file ${join(directory, file)} is damaged; it holds nothing: remove it and start again.`,
      );
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StartError(
      `The data folder ${directory} cannot be written to (${join(directory, file)}-journal: ${code}); change its owner or set SPACE_DIR.`,
    );
  }
  return () => {
    database.exec('ROLLBACK');
    database.close();
  };
}

function openLock(directory: string, file: string): Database.Database {
  const path = join(directory, file);
  // Not when it is there: to close it would release the lock if this process holds it.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  return new Database(path);
}
