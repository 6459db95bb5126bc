import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Brings what was written to a file or folder to the disk. */
async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Makes a file that is there as a whole or not at all, whatever happens meanwhile.
 * @param write writes the file of the path that it is given
 */
export async function writeWhole(path: string, write: (path: string) => Promise<void>): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    await write(unfinished);
    await sync(unfinished);
    await rename(unfinished, path);
    await sync(dirname(path));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
