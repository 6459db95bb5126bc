import { existsSync } from 'node:fs';
import type { Connection } from '../connection';
import { databaseSettings } from '../database/database-settings';
import { StorageError } from '../database/errors';
import { Readers } from '../database/readers';
import { numberAt, Sqlite } from '../database/sqlite';
import { Transactions } from '../database/transactions';
import { WriteAheadLog } from '../database/write-ahead-log';
import { Collections } from '../datastore/collections';
import { type CollectionDescription, Documents, type Explanation } from '../datastore/documents';
import { makeDataFolder } from '../files/data-folder';
import { lockDirectory } from '../files/directory-lock';
import { syncFolder } from '../files/durable-file';
import { Keys } from '../keys/keys';
import { JobQueue } from '../queue/queue';
import type { Switches } from '../switches/switches';
import { connect } from './connect';
import { databaseFile, openDatabase, reopenDatabase } from './open-database';

/** What an acknowledged write survives: the loss of power (`disk`), or the death of the process (`process`). */
export type Durability = 'disk' | 'process';

export interface StorageOptions {
  /** The directory of the database `space.db`; created when missing. */
  readonly directory: string;
  readonly switches: Switches;
  /** Default `disk`. */
  readonly durability?: Durability;
  /** The clock for TTLs and delayed jobs, in milliseconds; the system's by default. */
  readonly now?: () => number;
  /** Takes a line about a disk that fails or works again. */
  readonly log?: (line: string) => void;
}

/** An open storage: documents, keys and jobs in a SQLite file. */
export interface Storage {
  /** The API of Codehooks; connections share everything, one is as good as many. */
  connection(): Connection;
  /** The jobs, for a `Dispatcher`. */
  readonly queue: JobQueue;
  /** Resolves when all that was written so far is as durable as was asked for. Rejects when the disk refuses it. */
  durable(): Promise<void>;
  /** Which path a query would take, for tests and tools. */
  explainQuery(collection: string, query: unknown, options?: unknown): Explanation;
  /** The names of all collections. */
  collections(): string[];
  /** What there is of every collection. */
  describe(): CollectionDescription[];
  /** The size of the database in bytes. */
  bytes(): number;
  /** Brings everything into the database and closes it; every later call rejects. */
  close(): Promise<void>;
}

/** How often expired keys are removed, and how soon a disk that failed is tried again. */
const sweepMs = 600_000;
const recoveryMs = 1000;

/**
 * Opens the storage of a space, for this process alone.
 * @throws {StartError} when another process uses it, or another version has made it
 * @throws {StorageError} when the disk does not allow it, or does not hold what was written to it
 */
export function openStorage(options: StorageOptions): Storage {
  const { directory } = options;
  makeDataFolder(directory);
  const unlock = lockDirectory(directory, 'storage.lock');
  try {
    return assemble(options, openDatabase(directory), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function assemble(options: StorageOptions, database: Sqlite, unlock: () => void): Storage {
  const { directory, switches, durability = 'disk', now = Date.now, log = console.error } = options;
  const file = databaseFile(directory);
  const collections = new Collections(database);
  const readers = new Readers(() => new Sqlite(file, databaseSettings));
  const ended = (isCommitted: boolean) => {
    collections.ended(isCommitted);
    if (isCommitted) writeAheadLog.committed();
  };
  const transactions: Transactions = new Transactions(database, ended, (error) => fail(error));
  const documents = new Documents({ database, collections, readers, switches });
  const keys = new Keys({ database, readers, switches, now });
  const queue = new JobQueue({ database, committed: () => readers.committed, documents, transactions, now });
  const connection = connect({ documents, keys, queue, transactions });

  let recovery: NodeJS.Timeout | undefined;
  let isRecovering = false;
  const openLog = () => new WriteAheadLog({ file, database, transactions, onFailure: fail });
  let writeAheadLog = openLog();

  /** After a sync that failed nobody knows what is on the disk: nothing is taken until the database has been opened anew. */
  function fail(reason: Error): void {
    if (recovery !== undefined || isRecovering) return;
    const message = `The disk does not keep what is written to it; the space takes nothing until it does (${reason.message})`;
    log(message);
    transactions.fail(new StorageError(message, 'DISK_FAILED', { cause: reason }));
    recovery = setTimeout(recover, recoveryMs).unref();
  }

  async function recover(): Promise<void> {
    recovery = undefined;
    isRecovering = true;
    try {
      readers.close();
      if (database.isOpen) await writeAheadLog.close();
      reopenDatabase(database, directory);
      writeAheadLog = openLog();
      transactions.fail(undefined);
      log('The disk keeps what is written to it again');
    } catch (error) {
      database.close();
      log(`The disk still fails: ${error instanceof Error ? error.message : String(error)}`);
      recovery = setTimeout(recover, recoveryMs).unref();
    } finally {
      isRecovering = false;
    }
  }

  const removeExpired = () => transactions.write(keys.removeExpired());
  const sweep = setInterval(() => {
    removeExpired().catch((error: unknown) => log(`Expired keys were not removed: ${String(error)}`));
  }, sweepMs).unref();

  const close = async () => {
    clearInterval(sweep);
    clearTimeout(recovery);
    // What cannot be removed now is removed at the next stop.
    await removeExpired().catch((error: unknown) => log(`Expired keys were not removed: ${String(error)}`));
    transactions.fail(new Error('The storage is closed'));
    readers.close();
    if (database.isOpen) await writeAheadLog.close();
    // A folder that was removed meanwhile needs no sync.
    if (existsSync(directory)) syncFolder(directory);
    unlock();
  };
  let closed: Promise<void> | undefined;
  return {
    connection: () => connection,
    queue,
    durable: async () => {
      await transactions.settled();
      if (durability === 'disk') await writeAheadLog.durable();
    },
    explainQuery: (collection, query, options) => documents.explain(collection, query, options),
    collections: () => documents.describe().map(({ name }) => name),
    describe: () => documents.describe(),
    bytes: () =>
      numberAt(database.row('PRAGMA page_count'), 0) * numberAt(database.row('PRAGMA page_size'), 0),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
