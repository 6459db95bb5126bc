import { mkdirSync } from 'node:fs';
import type { Connection } from '../connection';
import { Keys } from '../keys/keys';
import { JobQueue } from '../queue/queue';
import type { Quirks } from '../quirks';
import { lockDirectory } from '../start/directory-lock';
import { Applier } from './applier';
import { Carrier } from './carrier';
import { Catalog } from './catalog';
import { connect } from './connect';
import { Database, numberAt } from './database';
import { type CollectionDescription, Documents, type Explanation } from './documents';
import { Journal } from './journal';
import { KnownIds } from './known-ids';
import { databaseFile, openDatabase } from './open-database';
import { ReadCache } from './read-cache';
import { Readers } from './readers';
import { Recent } from './recent';
import { JournaledRecords } from './records';
import { StoredRecords } from './stored-records';
import { Writes } from './writes';

export interface StorageOptions {
  /** The directory of the database `space.db` and its journal; created when missing. */
  readonly directory: string;
  readonly quirks: Quirks;
  /** The clock for TTLs and delayed jobs, in milliseconds; the system's by default. */
  readonly now?: () => number;
}

/** An open storage: documents, keys and jobs in a SQLite file, and a journal before it. */
export interface Storage {
  /** The API of Codehooks; connections share everything, one is as good as many. */
  connection(): Connection;
  /** The jobs, for a `Dispatcher`. */
  readonly queue: JobQueue;
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

/**
 * Opens the storage of a space, for this process alone. A write that has been acknowledged is in the journal and
 * survives the death of the process; the loss of power may cost the last second. From the journal it gets into the
 * database a moment later, and what comes and goes in between never does.
 * @throws {StartError} when another process uses it
 */
export function openStorage({ directory, quirks, now = Date.now }: StorageOptions): Storage {
  mkdirSync(directory, { recursive: true });
  const unlock = lockDirectory(directory, 'storage.lock');
  try {
    return assemble(directory, quirks, now, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function assemble(directory: string, quirks: Quirks, now: () => number, unlock: () => void): Storage {
  const database = openDatabase(directory);
  const catalog = new Catalog(database);
  const readers = new Readers(() => new Database(databaseFile(directory)));
  const stored = new StoredRecords(database, catalog);
  const recent = new Recent();
  const known = new KnownIds(database, recent);
  const isDocument = (table: string) => catalog.byTable(table) !== undefined;
  const cache = new ReadCache(stored, (table, id) => isDocument(table) && known.isMissing(table, id));
  const records = new JournaledRecords(recent, cache, (table, id) => known.add(table, id));
  const applier = new Applier(directory, database, catalog);
  const journal = new Journal(directory, applier.recover(now()));
  const carrier = new Carrier({
    directory,
    applier,
    now,
    onApplied: (flush) => {
      // The thread may have noted something of the indexes that hold by now.
      catalog.expire();
      recent.applied(flush, (table, id, text) => cache.keep(table, id, text));
    },
  });
  const writes = new Writes({
    database,
    journal,
    recent,
    carrier,
    journaled: records,
    stored,
    onStored: (isCommitted) => {
      cache.clear();
      known.forget();
      if (!isCommitted) catalog.forget();
    },
  });
  const documents = new Documents({ database, catalog, readers, recent, records, quirks });
  const keys = new Keys({ readers, recent, records, quirks, now });
  const queue = new JobQueue({ database, documents, recent, writes, now });
  const connection = connect({ documents, keys, queue, writes });

  const close = async () => {
    writes.close();
    await carrier.close();
    journal.close();
    readers.close();
    try {
      applier.recover(now());
    } catch {
      // A disk that is full: the journal stays for the next start.
    }
    database.close();
    unlock();
  };
  let closed: Promise<void> | undefined;
  return {
    connection: () => connection,
    queue,
    explainQuery: (collection, query, options) => documents.explain(collection, query, options),
    collections: () => documents.names(),
    describe: () => documents.describe(),
    bytes: () =>
      numberAt(database.row('PRAGMA page_count'), 0) * numberAt(database.row('PRAGMA page_size'), 0),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
