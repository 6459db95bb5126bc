import type { Json, StoredDocument } from '../connection';
import { checkedText } from '../database/checked-text';
import { parseDocument } from '../database/json';
import { type Cell, cellAt, numberAt, type Row, type Sqlite, textAt } from '../database/sqlite';
import { decodeText } from '../database/text';
import { compareCells, type IndexCell, tupleKey, tuplesOf } from './cells';
import { type Collection, nameOf } from './collections';
import type { AccessPath, CellBound, Plan } from './plan';
import type { CompiledQuery } from './query';

/** A document that was read, and the number under which its table keeps it. */
export interface Found {
  readonly n: number;
  readonly document: StoredDocument;
}

/** What is read of each row, and what it becomes. */
interface RowReader {
  /** What is selected before the columns of the path. */
  readonly columns: readonly string[];
  /** Their parameters. */
  readonly parameters: readonly Cell[];
  /**
   * @param cells the cells of the path, the fixed ones first
   * @returns null when the row does not belong to the result
   */
  read(row: Row, cells: readonly Cell[]): StoredDocument | null;
}

/** How many rows are read at once: few at first, then more, as long as they are small. */
const minBatch = 8;
const firstBatch = 16;
const maxBatch = 256;
/** By how much one reading may be larger than the one before. */
const growth = 4;
/** Documents of so many bytes are a batch, so that large ones need no memory by the hundred. */
export const batchBytes = 2 * 1024 * 1024;

/**
 * Reads what matches, in batches, in the order of the plan. Between two batches nothing is open in SQLite: the position is
 * kept as values, so that the documents may be changed meanwhile. A batch may be empty.
 * @param fields what is wanted of the documents beside the id; null for everything
 * @param wanted how many documents
 */
export function* matchingBatches(
  database: () => Sqlite,
  collection: Collection,
  query: CompiledQuery,
  plan: Plan,
  fields: readonly string[] | null,
  wanted: number,
): Generator<Found[], void> {
  const reader = readerOf(query, plan, fields);
  let size = Math.min(firstBatch, Math.max(minBatch, wanted));
  if (namesIds(plan)) {
    yield* readById(database, collection, plan, reader);
    return;
  }
  for (const prefix of plan.prefixes) {
    let position: readonly Cell[] | undefined;
    for (;;) {
      const { sql, parameters } = batchQuery(collection, plan, reader, prefix, position, size);
      const rows = database().rows(sql, parameters);
      const positionOf = (row: Row) =>
        row.slice(reader.columns.length).map((_cell, at) => cellAt(row, at + reader.columns.length));
      const batch = new Batch<Found>();
      for (const row of rows) {
        const document = reader.read(row, [...prefix, ...positionOf(row).slice(0, -1)]);
        if (document !== null) batch.push({ n: numberAt(row, row.length - 1), document }, documentBytes(row));
        if (batch.isFull) yield batch.take();
      }
      yield batch.take();
      const last = rows.at(-1);
      if (!last || rows.length < size) break;
      position = positionOf(last);
      size = nextSize(rows, size);
    }
  }
}

/** Gathers documents until they are a batch. */
export class Batch<T> {
  #items: T[] = [];
  #bytes = 0;

  get isFull(): boolean {
    return this.#bytes >= batchBytes || this.#items.length >= maxBatch;
  }

  push(item: T, bytes: number): void {
    this.#items.push(item);
    this.#bytes += bytes;
  }

  /** The documents gathered so far; the next batch begins. */
  take(): T[] {
    const items = this.#items;
    this.#items = [];
    this.#bytes = 0;
    return items;
  }
}

/** The size of the document whose text is the first column; 0 when an index has spared reading it. */
export function documentBytes([text]: Row): number {
  return Buffer.isBuffer(text) ? text.length : 0;
}

/** How many rows to read after these. */
function nextSize(rows: readonly Row[], size: number): number {
  const bytes = rows.reduce((sum, row) => sum + documentBytes(row), 0);
  const fitting = bytes === 0 ? maxBatch : Math.floor((batchBytes * rows.length) / bytes);
  return Math.max(1, Math.min(fitting, size * growth, maxBatch));
}

function namesIds({ path, prefixes }: Plan): boolean {
  return path.index === undefined && prefixes.every(({ length }) => length === 1);
}

/** Reads documents one by one by their ids: the commonest query of all, without a statement to be put together. */
function* readById(
  database: () => Sqlite,
  { table }: Collection,
  { prefixes }: Plan,
  { read }: RowReader,
): Generator<Found[], void> {
  const sql = `SELECT CAST(doc AS BLOB), sum, n FROM ${table} WHERE id = ?`;
  const batch = new Batch<Found>();
  for (const id of prefixes) {
    const row = database().row(sql, id);
    const document = row && read(row, id);
    if (row && document) batch.push({ n: numberAt(row, 2), document }, documentBytes(row));
    if (batch.isFull) yield batch.take();
  }
  yield batch.take();
}

/** What SQLite says about how it would read the first batch. */
export function explainPlan(
  database: Sqlite,
  collection: Collection,
  query: CompiledQuery,
  plan: Plan,
): string[] {
  const [prefix] = plan.prefixes;
  if (!prefix) return [];
  const { sql, parameters } = batchQuery(collection, plan, readerOf(query, plan, null), prefix, undefined, 1);
  return database.rows(`EXPLAIN QUERY PLAN ${sql}`, parameters).map((row) => textAt(row, 3));
}

/** The text of a stored document, parsed. @throws {DamageError} when the disk has not kept what was written */
export function readDocument(row: Row, text: number, sum: number): StoredDocument {
  return parseDocument(checkedText(row, text, sum, 'a document'));
}

function readerOf(query: CompiledQuery, plan: Plan, fields: readonly string[] | null): RowReader {
  return (fields && indexReader(query, plan, fields)) ?? documentReader(query, plan);
}

/** Reads whole documents. mingo decides what SQL has not. */
function documentReader(query: CompiledQuery, plan: Plan): RowReader {
  const isDecided = plan.isExact && query.missing.length === 0;
  const isFirst = plan.repeats ? firstEntryTest(plan) : () => true;
  return {
    columns: ['CAST(d.doc AS BLOB)', 'd.sum'],
    parameters: [],
    read: (row, cells) => {
      const document = readDocument(row, 0, 1);
      return (isDecided || query.matches(document)) && isFirst(document, cells) ? document : null;
    },
  };
}

/** SQLite's way to write minus infinity, the cell of what is null or missing. */
const nullLiteral = '-9e999';

/**
 * Reads what is wanted from an index that holds it and decides the query, so that a thousand documents are not parsed for
 * one field of each. Where the index does not say it all (whether a field is null or missing, whether it is true), the
 * document itself is read.
 * @returns null when the index does not hold the fields
 */
function indexReader(query: CompiledQuery, plan: Plan, fields: readonly string[]): RowReader | null {
  const { index, fields: held, columns } = plan.path;
  if (!index || index.entries !== null || !plan.isExact) return null;
  const { missing } = query;
  const wanted = fields.filter((field) => field !== '_id' && !missing.includes(field));
  // What lies deeper in a document must come out as it lies there.
  if (!wanted.every((field) => held.includes(field) && !field.includes('.'))) return null;
  const doubts = [
    ...missing.map(() => 'instr(d.doc, ?)'),
    ...wanted
      .map((field) => columns[held.indexOf(field)])
      .map((column) => `${column} = ${nullLiteral} OR typeof(${column}) = 'blob'`),
  ];
  const inDoubt = (column: string) =>
    doubts.length === 0 ? 'NULL' : `iif(${doubts.join(' OR ')}, ${column}, NULL)`;
  const names = missing.map((field) => `${JSON.stringify(field)}:`);
  return {
    columns: [inDoubt('CAST(d.doc AS BLOB)'), inDoubt('d.sum'), 'd.id'],
    parameters: [...names, ...names],
    read: (row, cells) => {
      if (row[0] !== null) {
        const whole = readDocument(row, 0, 1);
        return query.matches(whole) ? whole : null;
      }
      const document: StoredDocument = { _id: decodeText(textAt(row, 2)) };
      for (const field of wanted) {
        const value = fromCell(cells[held.indexOf(field)]);
        if (value !== undefined) document[field] = value;
      }
      return document;
    },
  };
}

function fromCell(cell: Cell | undefined): Json | undefined {
  if (typeof cell === 'string') return decodeText(cell);
  return typeof cell === 'number' ? cell : undefined;
}

/** The statement that reads one batch, with what follows `position` when given. */
function batchQuery(
  collection: Collection,
  plan: Plan,
  reader: RowReader,
  prefix: readonly IndexCell[],
  position: readonly Cell[] | undefined,
  size: number,
): { sql: string; parameters: Cell[] } {
  const { columns, index } = plan.path;
  const number = index?.entries ? 'x.n' : 'd.n';
  const rest = [...columns.slice(prefix.length), number];
  const parameters: Cell[] = [...reader.parameters, ...prefix];
  const where = columns.slice(0, prefix.length).map((column) => `${column} = ?`);
  const limit = (column: string | undefined, sign: '<' | '>', bound: CellBound | undefined) => {
    if (!bound || column === undefined) return;
    where.push(`${column} ${sign}${bound.inclusive ? '=' : ''} ?`);
    parameters.push(bound.cell);
  };
  const isContinued = position !== undefined;
  // The position is the tighter of the two bounds on the side where reading began.
  if (!isContinued || plan.reverse) limit(rest[0], '>', plan.lower);
  if (!isContinued || !plan.reverse) limit(rest[0], '<', plan.upper);
  if (position) {
    where.push(`(${rest.join(', ')}) ${plan.reverse ? '<' : '>'} (${rest.map(() => '?').join(', ')})`);
    parameters.push(...position);
  }
  const order = rest.map((column) => `${column} ${plan.reverse ? 'DESC' : 'ASC'}`).join(', ');
  const condition = where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
  parameters.push(size);
  return {
    sql: `SELECT ${[...reader.columns, ...rest].join(', ')} FROM ${sourceOf(collection, plan.path)} ${condition} ORDER BY ${order} LIMIT ?`,
    parameters,
  };
}

/** The path is chosen by the planner alone: SQLite is told to take it. */
function sourceOf({ table }: Collection, { index, fields }: AccessPath): string {
  if (index?.entries) return `${index.entries} x CROSS JOIN ${table} d ON d.n = x.n`;
  if (index) return `${table} d INDEXED BY ${nameOf(index)}`;
  return fields.length > 0 ? `${table} d` : `${table} d NOT INDEXED`;
}

/**
 * Tells whether a row is the first of its document's entries that the plan reads. Computed from the document instead of
 * remembered, so that memory stays flat.
 */
function firstEntryTest(plan: Plan): (document: StoredDocument, cells: readonly Cell[]) => boolean {
  const { index } = plan.path;
  if (!index) return () => true;
  const positions = new Map(plan.prefixes.map((prefix, at) => [tupleKey(prefix), at]));
  const width = plan.prefixes[0]?.length ?? 0;
  const positionOf = (tuple: readonly IndexCell[]) => positions.get(tupleKey(tuple.slice(0, width)));
  const isBefore = (a: readonly IndexCell[], b: readonly IndexCell[]) => {
    const prefixes = (positionOf(a) ?? 0) - (positionOf(b) ?? 0);
    return prefixes !== 0 ? prefixes < 0 : compareTuples(a, b) < 0 !== plan.reverse;
  };
  return (document, cells) => {
    const here = tupleKey(indexCells(cells));
    let first: readonly IndexCell[] | undefined;
    for (const tuple of tuplesOf(index.fields, document)) {
      if (positionOf(tuple) === undefined || !isWithinBounds(tuple[width], plan)) continue;
      if (!first || isBefore(tuple, first)) first = tuple;
    }
    return first !== undefined && tupleKey(first) === here;
  };
}

function indexCells(cells: readonly Cell[]): IndexCell[] {
  return cells.filter((cell) => cell !== null);
}

function isWithinBounds(cell: IndexCell | undefined, { lower, upper }: Plan): boolean {
  if (cell === undefined) return true;
  if (lower && isOutside(compareCells(cell, lower.cell), lower)) return false;
  return !(upper && isOutside(-compareCells(cell, upper.cell), upper));
}

function isOutside(order: number, bound: CellBound): boolean {
  return order < 0 || (order === 0 && !bound.inclusive);
}

function compareTuples(a: readonly IndexCell[], b: readonly IndexCell[]): number {
  for (const [at, cell] of a.entries()) {
    const other = b[at];
    const order = other === undefined ? 1 : compareCells(cell, other);
    if (order !== 0) return order;
  }
  return 0;
}
