import { mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

// Writes rows into an SQLite database, one transaction each, and says on its output when each was committed.

const [, , folder, synchronous, count] = process.argv;
mkdirSync(folder);
const database = new Database(join(folder, 'rows.db'));
database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA wal_autocheckpoint = 40;
  CREATE TABLE rows (number INTEGER PRIMARY KEY, text TEXT)`);
const insert = database.prepare('INSERT INTO rows VALUES (?, ?)');
for (let number = 1; number <= Number(count); number += 1) {
  insert.run(number, 'x'.repeat(100 + ((number * 997) % 9000)));
  writeSync(1, `row ${number}.`);
}
