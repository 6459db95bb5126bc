import { join } from 'node:path';
import { journalSchema } from './applier';
import { Database } from './database';
import { plainTables } from './plain-tables';

/** A connection to the database of a storage that may write. */
export function openDatabase(directory: string): Database {
  const database = new Database(databaseFile(directory));
  database.rows('PRAGMA journal_mode = WAL');
  database.execute('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000');
  database.transaction(() => {
    database.execute(journalSchema);
    for (const { schema } of Object.values(plainTables)) database.execute(schema);
  });
  return database;
}

export function databaseFile(directory: string): string {
  return join(directory, 'space.db');
}
