import { StartError } from '../start-error';
import { StorageError } from '../storage';

/** What a start needs: a log that is carried over, and what is written meanwhile. */
const neededMegabytes = 64;

const notWritable = new Set(['EROFS', 'EACCES', 'EPERM', 'EBUSY', 'SQLITE_READONLY', 'SQLITE_CANTOPEN']);
const full = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);
const noDescriptors = new Set(['EMFILE', 'ENFILE']);

/**
 * Why a space could not start, in one sentence that tells its owner what to change.
 * @returns undefined for a fault of the space itself
 */
export function explainFailure(error: unknown, directory: string): string | undefined {
  if (error instanceof StartError) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (full.has(code))
    return `The disk of the data folder ${directory} is full; make room for ${neededMegabytes} MB and start again.`;
  if (notWritable.has(code))
    return `The data folder ${directory} cannot be written to (${whereOf(error)}${code}); change its owner or set SPACE_DIR.`;
  if (noDescriptors.has(code))
    return `The space may open too few files (${code}); raise the limit, for instance by ulimit -n 1024.`;
  if (error instanceof StorageError) return `The data folder ${directory} cannot be used: ${error.message}`;
  return undefined;
}

/** The file that a system call was about. */
function whereOf(error: unknown): string {
  return error instanceof Error && 'path' in error ? `${String(error.path)}: ` : '';
}
