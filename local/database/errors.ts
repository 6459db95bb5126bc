/** The storage could not do its work: disk full, read-only file, file damaged, locked for too long. */
export class StorageError extends Error {
  override readonly name: string = 'StorageError';

  constructor(
    message: string,
    /** The code of SQLite or of the system, for example `SQLITE_FULL` or `ENOSPC`. */
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A file of the storage does not hold what was written to it. */
export class DamageError extends StorageError {
  /** @param what is wrong, as the end of a sentence in brackets */
  constructor(file: string, what: string) {
    super(`The file ${file} is damaged (${what}): stop the space and ${whatToDo}`, 'DAMAGED');
  }
}

/** Nothing matches a call that needs a document. Its message starts with `Not found`. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';

  constructor(collection: string) {
    super(`Not found: no document in "${collection}" matches`);
  }
}

/** An argument that the datastore, the keys or the queue cannot take. */
export class ArgumentError extends TypeError {
  override readonly name = 'ArgumentError';
}

const whatToDo = 'restore a backup into an empty data folder with npm run restore -- FILE';

const sentences: readonly (readonly [code: string, sentence: string])[] = [
  ['SQLITE_FULL', 'The disk is full: nothing was written'],
  ['SQLITE_READONLY', 'The storage is read-only: nothing was written'],
  ['SQLITE_BUSY', 'Another process kept the storage locked for too long: nothing was written'],
  ['SQLITE_IOERR', 'The disk reported an error while the storage was in use'],
  ['SQLITE_CANTOPEN', 'The storage file cannot be opened'],
  ['ENOSPC', 'The disk is full: nothing was written'],
  ['EDQUOT', 'The disk is full: nothing was written'],
  ['EFBIG', 'The disk is full: nothing was written'],
  ['EROFS', 'The storage is read-only: nothing was written'],
  ['EACCES', 'The storage is read-only: nothing was written'],
  ['EPERM', 'The storage is read-only: nothing was written'],
  ['EIO', 'The disk reported an error while the storage was in use'],
];

/** Turns what SQLite or the system threw into an error with a sentence; other errors pass unchanged. */
export function toStorageError(error: unknown): Error {
  if (error instanceof StorageError) return error;
  if (!(error instanceof Error)) return new StorageError(String(error), 'UNKNOWN');
  const code = codeOf(error);
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'))
    return new DamageError('space.db', error.message);
  const known = sentences.find(([prefix]) => code.startsWith(prefix));
  if (known === undefined && !code.startsWith('SQLITE')) return error;
  const sentence = known?.[1] ?? 'The storage failed';
  return new StorageError(`${sentence} (${code}: ${error.message})`, code, { cause: error });
}

/** libsql gives no code when the file cannot be opened at all. */
function codeOf(error: Error): string {
  if (error.message.includes('Unable to open connection')) return 'SQLITE_CANTOPEN';
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
