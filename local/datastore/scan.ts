import type { StoredDocument } from '../connection';
import type { CollectionInfo } from './catalog';
import { type Cell, cellAt, type Database, numberAt, type Row, textAt } from './database';
import { compareCells, type EntryCell, entriesOf, tupleKey } from './entries';
import { parseDocument } from './json';
import type { Overlay } from './overlay';
import type { CellBound, Plan } from './planner';
import type { CompiledQuery } from './query';

/** A document, or of it what somebody selects. */
export interface Selected {
  readonly document: StoredDocument;
}

/** A document and the number under which its table keeps it. */
export interface Found extends Selected {
  readonly n: number;
}

/** What is read of each row, and what it becomes. */
export interface RowReader<Result> {
  /** What is selected before the columns of the path. */
  readonly columns: readonly string[];
  /** Their parameters. */
  readonly parameters: readonly Cell[];
  /**
   * @param rest gives the cells of the path that the segment does not fix
   * @returns null when the row does not belong to the result
   */
  read(row: Row, segment: readonly EntryCell[], rest: (row: Row) => readonly Cell[]): Result | null;
}

/** Reads whole documents and asks the query of each. */
export function wholeDocuments(query: CompiledQuery, plan: Plan): RowReader<Found> {
  const isFirst = plan.repeats ? firstEntryTest(plan) : () => true;
  return {
    columns: ['d.doc'],
    parameters: [],
    read: (row, segment, rest) => {
      const document = parseDocument(textAt(row, 0));
      if (!query.matches(document) || !isFirst(document, segment, row, rest)) return null;
      return { n: numberAt(row, row.length - 1), document };
    },
  };
}

/** How many rows are read at once. The first batch is small when few documents are wanted. */
const minBatch = 8;
const maxBatch = 256;

/**
 * Reads what matches, in batches, in the order of the plan. Between two batches nothing is open in SQLite:
 * the position is kept as values, so that writes may happen and `database` may change. A batch may be empty.
 * @param overlay what was written lately, and has to be left out or added
 */
export function* matchingBatches<Result extends Selected>(
  database: () => Database,
  collection: CollectionInfo,
  plan: Plan,
  reader: RowReader<Result>,
  overlay: Pick<Overlay, 'hides' | 'amended'>,
  wanted: number,
): Generator<Result[], void> {
  const keyOf = (row: Row) => cellsFrom(row, reader.columns.length);
  let size = Math.min(maxBatch, Math.max(minBatch, wanted));
  for (const segment of plan.segments) {
    let position: readonly Cell[] | undefined;
    for (;;) {
      const { sql, parameters } = batchQuery(collection, plan, reader, segment, position, size);
      const rows = database().rows(sql, parameters);
      yield rows.flatMap((row) => {
        const result = reader.read(row, segment, keyOf);
        if (result === null || overlay.hides(result.document._id)) return [];
        overlay.amended(result.document);
        return [result];
      });
      const last = rows.at(-1);
      if (!last || rows.length < size) break;
      position = keyOf(last);
      size = maxBatch;
    }
  }
}

/** The statement that reads one batch, with what follows `position` when given. */
export function batchQuery(
  collection: CollectionInfo,
  plan: Plan,
  reader: Pick<RowReader<unknown>, 'columns' | 'parameters'>,
  segment: readonly EntryCell[],
  position: readonly Cell[] | undefined,
  size: number,
): { sql: string; parameters: Cell[] } {
  const { columns, index } = plan.path;
  const number = index ? 'x.n' : 'd.n';
  const rest = [...columns.slice(segment.length), number];
  const parameters: Cell[] = [...reader.parameters, ...segment];
  const where = columns.slice(0, segment.length).map((column) => `${column} = ?`);
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
  const from = index
    ? `${index.table} x CROSS JOIN ${collection.table} d ON d.n = x.n`
    : `${collection.table} d`;
  const order = rest.map((column) => `${column} ${plan.reverse ? 'DESC' : 'ASC'}`).join(', ');
  const condition = where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
  parameters.push(size);
  return {
    sql: `SELECT ${[...reader.columns, ...rest].join(', ')} FROM ${from} ${condition} ORDER BY ${order} LIMIT ?`,
    parameters,
  };
}

/** The cells of the path: the columns that the segment does not fix, and the number. */
function cellsFrom(row: Row, column: number): Cell[] {
  return row.slice(column).map((_cell, at) => cellAt(row, at + column));
}

/**
 * Tells whether a row is the first of its document's entries that the plan reads. Computed from the
 * document instead of remembered, so that memory stays flat.
 */
function firstEntryTest(plan: Plan) {
  const { index } = plan.path;
  if (!index) return () => true;
  const positions = new Map(plan.segments.map((segment, at) => [tupleKey(segment), at]));
  const width = plan.segments[0]?.length ?? 0;
  const positionOf = (tuple: readonly EntryCell[]) => positions.get(tupleKey(tuple.slice(0, width)));
  const before = (a: readonly EntryCell[], b: readonly EntryCell[]) => {
    const segments = (positionOf(a) ?? 0) - (positionOf(b) ?? 0);
    return segments !== 0 ? segments < 0 : compareTuples(a, b) < 0 !== plan.reverse;
  };
  return (
    document: StoredDocument,
    segment: readonly EntryCell[],
    row: Row,
    rest: (row: Row) => readonly Cell[],
  ): boolean => {
    const here = tupleKey([...segment, ...entryCells(rest(row).slice(0, -1))]);
    let first: readonly EntryCell[] | undefined;
    for (const tuple of entriesOf(index, document).tuples) {
      if (positionOf(tuple) === undefined || !isInRange(tuple[width], plan)) continue;
      if (!first || before(tuple, first)) first = tuple;
    }
    return first !== undefined && tupleKey(first) === here;
  };
}

function entryCells(cells: readonly Cell[]): EntryCell[] {
  return cells.filter((cell) => cell !== null);
}

function isInRange(cell: EntryCell | undefined, { lower, upper }: Plan): boolean {
  if (cell === undefined) return true;
  if (lower && isOutside(compareCells(cell, lower.cell), lower)) return false;
  return !(upper && isOutside(-compareCells(cell, upper.cell), upper));
}

function isOutside(order: number, bound: CellBound): boolean {
  return order < 0 || (order === 0 && !bound.inclusive);
}

function compareTuples(a: readonly EntryCell[], b: readonly EntryCell[]): number {
  for (const [at, cell] of a.entries()) {
    const other = b[at];
    const order = other === undefined ? 1 : compareCells(cell, other);
    if (order !== 0) return order;
  }
  return 0;
}
