import { crc32 } from 'node:zlib';
import type { StoredDocument } from '../connection';
import { checkedText } from '../database/checked-text';
import { parseDocument } from '../database/json';
import { type Cell, numberAt, type Sqlite } from '../database/sqlite';
import { encodeText } from '../database/text';
import { columnCell, type IndexCell, tupleKey, tuplesOf, valueAt } from './cells';
import type { Collection, Collections } from './collections';
import { parseFindOptions } from './options';
import { planQuery } from './plan';
import { compileQuery } from './query';
import { type Found, matchingBatches } from './select';
import type { Change } from './update';

/** A document, and its text before anybody changes it. */
export interface StoredRecord extends Found {
  readonly text: string;
}

/** Reads a document by its id. */
export function readRecord(database: Sqlite, { table }: Collection, id: string): StoredRecord | undefined {
  const sql = `SELECT CAST(doc AS BLOB), sum, n FROM ${table} WHERE id = ?`;
  const row = database.row(sql, [encodeText(id)]);
  if (row === undefined) return undefined;
  const text = checkedText(row, 0, 1, 'a document');
  return { document: parseDocument(text), text, n: numberAt(row, 2) };
}

/** Adds a document. @returns false when there is one with its id, and nothing has changed */
export function insertRecord(
  database: Sqlite,
  collections: Collections,
  collection: Collection,
  document: StoredDocument,
): boolean {
  const current = withRegularFields(collections, collection, document);
  const columns = regularColumns(current);
  const text = JSON.stringify(document);
  const cells: Cell[] = [encodeText(document._id), text, crc32(text)];
  for (const { field } of columns) cells.push(columnCell(valueAt(document, field)));
  const names = ['id', 'doc', 'sum', ...columns.map(({ column }) => column)];
  const { changes, rowid } = database.run(
    `INSERT INTO ${current.table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
     ON CONFLICT (id) DO NOTHING`,
    cells,
  );
  if (changes === 0) return false;
  for (const [table, tuples] of entriesOf(current, document)) addTuples(database, table, rowid, tuples);
  return true;
}

/** Changes a document in place and stores it. Returns it. */
export function updateRecord(
  database: Sqlite,
  collections: Collections,
  collection: Collection,
  { n, document, text: textBefore }: StoredRecord,
  change: Change,
): StoredDocument {
  const before = cellsOf(collection, document);
  const entriesBefore = entriesOf(collection, document);
  change(document);
  const text = JSON.stringify(document);
  if (text === textBefore) return document;
  const current = withRegularFields(collections, collection, document);
  const set = ['doc = ?', 'sum = ?'];
  const cells: Cell[] = [text, crc32(text)];
  for (const { field, column } of regularColumns(current)) {
    const cell = columnCell(valueAt(document, field));
    if (isSame(cell, before.get(field))) continue;
    set.push(`${column} = ?`);
    cells.push(cell);
  }
  database.run(`UPDATE ${current.table} SET ${set.join(', ')} WHERE n = ?`, [...cells, n]);
  const entries = entriesOf(current, document);
  for (const [table, tuples] of entries) {
    // A table that has just been made holds what the columns said before.
    const old = entriesBefore.get(table) ?? tuplesBefore(current, table, before);
    removeTuples(database, table, n, missingIn(old, tuples));
    addTuples(database, table, n, missingIn(tuples, old));
  }
  return document;
}

/** Removes a document. */
export function removeRecord(database: Sqlite, collection: Collection, { n, document }: Found): void {
  database.run(`DELETE FROM ${collection.table} WHERE n = ?`, [n]);
  for (const [table, tuples] of entriesOf(collection, document)) removeTuples(database, table, n, tuples);
}

/** Adds an index with what it needs of every document that is there. */
export function fillIndex(
  database: Sqlite,
  collections: Collections,
  collection: Collection,
  fields: readonly string[],
): void {
  const added = fields.filter((field) => field !== '_id' && !collection.fields.includes(field));
  let current = collections.addFields(collection, fields);
  const everything = compileQuery({});
  const scan = planQuery(current, everything, parseFindOptions(undefined).sort);
  const batches = () =>
    matchingBatches(() => database, current, everything, scan, null, Number.POSITIVE_INFINITY);
  if (added.length > 0) {
    const columns = added.map((field) => `c${current.fields.indexOf(field)} = ?`).join(', ');
    for (const batch of batches()) {
      for (const { n, document } of batch) {
        current = withRegularFields(collections, current, document);
        const cells = added.map((field) => columnCell(valueAt(document, field)));
        database.run(`UPDATE ${current.table} SET ${columns} WHERE n = ?`, [...cells, n]);
      }
    }
  }
  const { entries } = collections.addIndex(current, fields);
  if (entries === null) return;
  for (const batch of batches())
    for (const { n, document } of batch) addTuples(database, entries, n, tuplesOf(fields, document));
}

/** The collection, in which every field that holds an array or an object in a document is noted as irregular. */
function withRegularFields(
  collections: Collections,
  collection: Collection,
  document: StoredDocument,
): Collection {
  let current = collection;
  for (const field of collection.fields) {
    if (!current.irregular.has(field) && columnCell(valueAt(document, field)) === null)
      current = collections.markIrregular(current, field);
  }
  return current;
}

function regularColumns({ fields, irregular }: Collection): { field: string; column: string }[] {
  return fields.flatMap((field, at) => (irregular.has(field) ? [] : [{ field, column: `c${at}` }]));
}

/** The cells of the indexed fields of a document, without those of arrays and objects. */
function cellsOf(collection: Collection, document: StoredDocument): Map<string, IndexCell> {
  const cells = new Map<string, IndexCell>([['_id', encodeText(document._id)]]);
  for (const field of collection.fields) {
    const cell = columnCell(valueAt(document, field));
    if (cell !== null) cells.set(field, cell);
  }
  return cells;
}

/** The tables of entries of a collection, each with the entries of a document. */
function entriesOf({ indexes }: Collection, document: StoredDocument): Map<string, IndexCell[][]> {
  const tables = new Map<string, IndexCell[][]>();
  for (const { entries, fields } of indexes)
    if (entries !== null) tables.set(entries, tuplesOf(fields, document));
  return tables;
}

function tuplesBefore({ indexes }: Collection, table: string, cells: Map<string, IndexCell>): IndexCell[][] {
  const index = indexes.find(({ entries }) => entries === table);
  return [(index?.fields ?? []).flatMap((field) => cells.get(field) ?? [])];
}

function addTuples(database: Sqlite, table: string, n: number, tuples: readonly IndexCell[][]): void {
  for (const tuple of tuples) {
    const marks = [...tuple, n].map(() => '?').join(', ');
    database.run(`INSERT INTO ${table} VALUES (${marks})`, [...tuple, n]);
  }
}

function removeTuples(database: Sqlite, table: string, n: number, tuples: readonly IndexCell[][]): void {
  for (const tuple of tuples) {
    const columns = tuple.map((_cell, at) => `e${at} = ?`).join(' AND ');
    database.run(`DELETE FROM ${table} WHERE ${columns} AND n = ?`, [...tuple, n]);
  }
}

/** The tuples that the others do not have. */
function missingIn(tuples: readonly IndexCell[][], others: readonly IndexCell[][]): IndexCell[][] {
  const present = new Set(others.map(tupleKey));
  return tuples.filter((tuple) => !present.has(tupleKey(tuple)));
}

function isSame(cell: IndexCell | null, other: IndexCell | undefined): boolean {
  if (cell === null || other === undefined) return false;
  return Buffer.isBuffer(cell) && Buffer.isBuffer(other) ? cell.equals(other) : cell === other;
}
