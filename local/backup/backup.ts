import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { create } from 'tar';
import { databaseSettings } from '../database/database-settings';
import { Sqlite } from '../database/sqlite';
import { lockDirectory } from '../files/directory-lock';
import { syncFolder } from '../files/durable-file';
import { StartError } from '../start-error';
import { openStorage } from '../storage';
import { usual } from '../switches/quirks';

/** What belongs to the process that runs, or is made again. */
const leftOut = /^(space\.db-(wal|shm|mark)|(space|storage)\.lock(-journal)?|space\.json|coho|.*\.new)$/;

/**
 * Copies a data folder into one file while the space runs: each database as it is at one moment, with the settings, keys,
 * bundles and logs beside it.
 * @param file a gzipped tar, for its owner alone; must not be there yet
 * @throws {StartError} with one sentence
 */
export async function backUp(directory: string, file: string): Promise<void> {
  if (!existsSync(join(directory, 'space.db')))
    throw new StartError(`There is no space in ${directory}; set SPACE_DIR to its data folder.`);
  if (existsSync(file)) throw new StartError(`${file} is there already; name another file.`);
  const folder = dirname(resolve(file));
  const draft = mkdtempSync(join(folder, `.${basename(file)}-`));
  try {
    const copy = join(draft, 'space');
    await copyFolder(directory, copy);
    const packed = join(draft, 'packed');
    await create({ file: packed, cwd: copy, gzip: true, mode: 0o600 }, readdirSync(copy));
    renameSync(packed, file);
    syncFolder(folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  mkdirSync(to, { mode: 0o700 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (leftOut.test(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyFolder(source, target);
    else if (entry.name === 'space.db') await copyDatabase(from, target);
    else copyFileSync(source, target);
  }
}

async function copyDatabase(directory: string, target: string): Promise<void> {
  await recoverIfStopped(directory);
  const database = new Sqlite(join(directory, 'space.db'), databaseSettings);
  try {
    database.run('VACUUM INTO ?', [target]);
  } finally {
    database.close();
  }
}

/** A space that runs looks after its log. One that was killed is opened in its own way first, and checked thereby. */
async function recoverIfStopped(directory: string): Promise<void> {
  let unlock: () => void;
  try {
    unlock = lockDirectory(directory, 'storage.lock');
  } catch {
    return;
  }
  unlock();
  await openStorage({ directory, quirks: usual }).close();
}
