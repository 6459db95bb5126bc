import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkEncoding } from '../database/checked-text';
import { databaseSettings } from '../database/database-settings';
import { DamageError, StorageError } from '../database/errors';
import { numberAt, Sqlite, textAt } from '../database/sqlite';
import { readSyncedMark } from '../database/synced-mark';
import { readLastCommit, transactionsSchema } from '../database/transactions';
import { checkCollections } from '../datastore/check-collections';
import { Collections, collectionsSchema } from '../datastore/collections';
import { syncFolder } from '../files/durable-file';
import { checkKeys, keysSchema } from '../keys/keys';
import { checkJobs, jobsSchema } from '../queue/jobs';
import { StartError } from '../start-error';

/** The version of the layout of the database. */
const layoutVersion = 2;

/** A larger database is not read from end to end at the start: its documents are checked when they are read. */
const maxCheckedBytes = 64 * 1024 * 1024;

const schema = `${transactionsSchema}${collectionsSchema}${keysSchema}${jobsSchema}`;

/**
 * Opens the database of a storage, which is made when it is not there.
 * @throws {DamageError} when it does not hold what was written to it
 * @throws {StartError} when another version has made it
 */
export function openDatabase(directory: string): Sqlite {
  const file = databaseFile(directory);
  const synced = readSyncedMark(file);
  const isNew = !existsSync(file);
  if (isNew && synced > 0) throw new DamageError('space.db', 'it is missing');
  // SQLite gives the files beside it the same mode.
  if (isNew) closeSync(openSync(file, 'a', 0o600));
  else chmodSync(file, 0o600);
  const database = new Sqlite(file, databaseSettings);
  try {
    assertLayout(database, directory, synced);
    prepare(database, directory);
    if (statSync(file).size <= maxCheckedBytes) checkContent(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Makes sure that everything is what was written. @throws {DamageError} */
function checkContent(database: Sqlite): void {
  const said = textAt(database.row('PRAGMA integrity_check(1)'), 0);
  if (said !== 'ok') throw new DamageError('space.db', said.replaceAll('\n', ' '));
  try {
    checkEncoding(database);
    checkCollections(database);
    checkKeys(database);
    checkJobs(database);
  } catch (error) {
    if (error instanceof StorageError) throw error;
    throw new DamageError('space.db', error instanceof Error ? error.message : String(error));
  }
}

/**
 * Compares everything in the storage of a directory with its checksums, whatever its size.
 * @returns how many documents there are
 * @throws {DamageError}
 */
export function checkStorage(directory: string): number {
  const database = openDatabase(directory);
  try {
    checkContent(database);
    return new Collections(database)
      .all()
      .reduce((sum, { table }) => sum + numberAt(database.row(`SELECT count(*) FROM ${table}`), 0), 0);
  } finally {
    database.row('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
  }
}

/** Opens a database again and makes sure that the disk holds all of it. @throws {StorageError} */
export function reopenDatabase(database: Sqlite, directory: string): void {
  database.open();
  if (!prepare(database, directory))
    throw new StorageError('Another program has the storage open', 'SQLITE_BUSY');
  const said = textAt(database.row('PRAGMA quick_check(1)'), 0);
  if (said !== 'ok') throw new DamageError('space.db', said);
}

export function databaseFile(directory: string): string {
  return join(directory, 'space.db');
}

function assertLayout(database: Sqlite, directory: string, synced: number): void {
  const hasTables = numberAt(database.row('SELECT count(*) FROM sqlite_schema'), 0) > 0;
  const version = numberAt(database.row('PRAGMA user_version'), 0);
  if (hasTables && version !== layoutVersion) throw otherVersion(directory);
  if (synced > 0 && !hasTables) throw new DamageError('space.db', 'it is empty');
  if (hasTables && readLastCommit(database) < synced)
    throw new DamageError('space.db-wal', 'what was committed last is missing');
}

/** @returns whether all of the log is in the database now, which a program that reads may hinder */
function prepare(database: Sqlite, directory: string): boolean {
  database.row('PRAGMA journal_mode = WAL');
  database.transaction(() => {
    database.execute(schema);
    database.execute(`PRAGMA user_version = ${layoutVersion}`);
  });
  const row = database.row('PRAGMA wal_checkpoint(TRUNCATE)');
  // The names of new files have to be on the disk, too.
  for (const folder of [directory, dirname(directory)]) syncFolder(folder);
  return numberAt(row, 0) === 0;
}

function otherVersion(directory: string): StartError {
  return new StartError(
    `The data folder ${directory} was made by another version of the local space; start that version to export what you need with coho, and set SPACE_DIR to a new folder for this one.`,
  );
}
