import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { DamageError } from './errors';
import { type Row, type Sqlite, textAt } from './sqlite';

/**
 * A text and its checksum, read as bytes (`CAST(... AS BLOB)`): the driver ends the process at text that is no UTF-8.
 * @param what as in `a document is not what was written`
 * @param before what the checksum covers before the text
 * @throws {DamageError} when the disk has not kept what was written
 */
export function checkedText(row: Row, at: number, sumAt: number, what: string, before = ''): string {
  const bytes = row[at];
  if (!Buffer.isBuffer(bytes)) throw new Error(`Column ${at} was not read as bytes`);
  if (crc32(bytes, crc32(before)) !== row[sumAt])
    throw new DamageError('space.db', `${what} is not what was written`);
  return bytes.toString();
}

/** Makes sure that every text in a database can be read. @throws {DamageError} */
export function checkEncoding(database: Sqlite): void {
  const tables = database
    .rows("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .map((row) => textAt(row, 0));
  for (const table of tables) {
    const columns = database.rows(`PRAGMA table_info(${table})`).map((row) => textAt(row, 1));
    for (const column of columns) {
      const texts = database.rows(
        `SELECT CAST(${column} AS BLOB) FROM ${table} WHERE typeof(${column}) = 'text'`,
      );
      for (const [bytes] of texts)
        if (!Buffer.isBuffer(bytes) || !isUtf8(bytes))
          throw new DamageError('space.db', `a text in ${table} is not what was written`);
    }
  }
}
