import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../files/durable-file';
import { StartError } from '../start-error';

/**
 * Makes the data folder, for its owner only, as it holds what recipients did.
 * @throws {StartError} when it cannot be made, or it or the database in it cannot be written to.
 */
export function makeDataFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `The data folder ${directory} cannot be made (${reason}); set SPACE_DIR to another one.`,
    );
  }
  assertWritable(directory, `The data folder ${directory}`);
  // SQLite opens a file without rights to write all the same, and then every webhook would fail.
  const database = join(directory, 'space.db');
  if (existsSync(database)) {
    assertWritable(database, `The database ${database}`);
  }
}

function assertWritable(path: string, name: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch {
    throw new StartError(`${name} cannot be written to; change its owner or set SPACE_DIR.`);
  }
}

/**
 * A secret that is made once and kept in the data folder, readable by its owner only.
 * @param make makes the secret when the folder has none by this name.
 * @throws {StartError} when the folder cannot be read or written.
 */
export function keepSecret(directory: string, name: string, make: () => string): string {
  const file = join(directory, name);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Not there yet.
  }
  const secret = make();
  try {
    writeDurably(file, `${secret}\n`);
  } catch {
    throw new StartError(
      `The data folder ${directory} cannot be written to; change its owner or set SPACE_DIR.`,
    );
  }
  return secret;
}
