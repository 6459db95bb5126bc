import { DamageError } from '../database/errors';
import { type Cell, numberAt, type Row, type Sqlite } from '../database/sqlite';
import { encodeText } from '../database/text';
import { columnCell, tuplesOf, valueAt } from './cells';
import { type Collection, Collections } from './collections';
import { readDocument } from './select';

const batch = 500;

/**
 * Compares all documents with their checksums, and what indexes say with the documents.
 * @throws {DamageError} when something is not what was written
 */
export function checkCollections(database: Sqlite): void {
  for (const collection of new Collections(database).all()) checkCollection(database, collection);
}

function checkCollection(database: Sqlite, collection: Collection): void {
  const columns = collection.fields.map((_field, at) => `c${at}`);
  const entries = new Map(collection.indexes.flatMap((index) => (index.entries ? [[index.entries, 0]] : [])));
  for (let after = Number.NEGATIVE_INFINITY; ; ) {
    const rows = database.rows(
      `SELECT ${['CAST(doc AS BLOB)', 'sum', 'id', 'n', ...columns].join(', ')} FROM ${collection.table} WHERE n > ? ORDER BY n LIMIT ${batch}`,
      [after],
    );
    for (const row of rows) checkRow(database, collection, row, entries);
    if (rows.length < batch) break;
    after = numberAt(rows.at(-1), 3);
  }
  for (const [table, expected] of entries)
    if (numberAt(database.row(`SELECT count(*) FROM ${table}`), 0) !== expected) throw wrongIndex();
}

function checkRow(database: Sqlite, collection: Collection, row: Row, entries: Map<string, number>): void {
  const document = readDocument(row, 0, 1);
  if (encodeText(document._id) !== row[2]) throw wrongIndex();
  for (const [at, field] of collection.fields.entries()) {
    if (collection.irregular.has(field)) continue;
    const cell = columnCell(valueAt(document, field));
    const stored = row[4 + at];
    const isSame = Buffer.isBuffer(cell) ? Buffer.isBuffer(stored) && cell.equals(stored) : cell === stored;
    if (!isSame) throw wrongIndex();
  }
  for (const index of collection.indexes) {
    if (index.entries === null) continue;
    const tuples = tuplesOf(index.fields, document);
    entries.set(index.entries, (entries.get(index.entries) ?? 0) + tuples.length);
    const columns = index.columns.map((column) => `${column} = ?`).join(' AND ');
    for (const tuple of tuples) {
      const cells: Cell[] = [...tuple, numberAt(row, 3)];
      if (!database.row(`SELECT 1 FROM ${index.entries} x WHERE ${columns} AND x.n = ?`, cells))
        throw wrongIndex();
    }
  }
}

function wrongIndex(): DamageError {
  return new DamageError('space.db', 'an index does not say what the documents say');
}
