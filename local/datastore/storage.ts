import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../connection';
import { Keys } from '../keys/keys';
import { JobQueue } from '../queue/queue';
import type { Quirks } from '../quirks';
import { Catalog } from './catalog';
import { connect } from './connect';
import { Database, numberAt } from './database';
import { type CollectionDescription, Documents, type Explanation } from './documents';
import { GroupCommit } from './group-commit';
import { Readers } from './readers';

export interface StorageOptions {
  /** The directory of the file `space.db`; created when missing. */
  readonly directory: string;
  readonly quirks: Quirks;
  /** The clock for TTLs and delayed jobs, in milliseconds; the system's by default. */
  readonly now?: () => number;
}

/** An open storage: documents, keys and jobs in one SQLite file. */
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
  /** Closes the file; every later call rejects. */
  close(): void;
}

/**
 * Opens the storage of a space. Several processes may open the same directory. A write that has been
 * acknowledged survives the death of the process; the loss of power may cost the last moments, since
 * SQLite syncs at checkpoints only (WAL, `synchronous = NORMAL`).
 */
export function openStorage({ directory, quirks, now = Date.now }: StorageOptions): Storage {
  mkdirSync(directory, { recursive: true });
  const open = () => new Database(join(directory, 'space.db'));
  return storageOn(open(), new Readers(open), quirks, now);
}

/** A storage on an open database, for tests that prepare the database. */
export function storageOn(database: Database, readers: Readers, quirks: Quirks, now: () => number): Storage {
  database.rows('PRAGMA journal_mode = WAL');
  database.execute('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000');
  const catalog = new Catalog(database);
  const documents = new Documents({ database, catalog, readers, quirks });
  const keys = new Keys({ database, readers, quirks, now });
  const queue = new JobQueue({ database, documents, now });
  const writes = new GroupCommit(database, () => catalog.forget());
  const connection = connect({ documents, keys, queue, writes });
  return {
    connection: () => connection,
    queue,
    explainQuery: (collection, query, options) => documents.explain(collection, query, options),
    collections: () => documents.names(),
    describe: () => documents.describe(),
    bytes: () =>
      numberAt(database.row('PRAGMA page_count'), 0) * numberAt(database.row('PRAGMA page_size'), 0),
    close: () => {
      if (database.isOpen) writes.flush();
      readers.close();
      database.close();
    },
  };
}
