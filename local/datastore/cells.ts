import { resolve } from 'mingo/util';
import type { StoredDocument } from '../connection';
import { encodeText } from '../database/text';

/** A value as an index holds it. */
export type IndexCell = number | string | Buffer;

/** A value that a query can look up in an index. */
export type Scalar = null | boolean | number | string;

/** Stands for `null` and missing: minus infinity, which JSON cannot contain, comes before every number. */
export const nullCell = Number.NEGATIVE_INFINITY;
/** Before every text and after every number. */
export const firstText = '';
/** After every text. */
export const firstBlob = Buffer.alloc(0);

const objectCell = Buffer.from([1]);
const falseCell = Buffer.from([2, 0]);
const trueCell = Buffer.from([2, 1]);

/** The cell of a scalar. Cells order as mingo orders: null, numbers, text, objects, booleans. */
export function scalarCell(value: Scalar): IndexCell {
  if (value === null) return nullCell;
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'boolean') return value ? trueCell : falseCell;
  return value;
}

/** Orders two cells as SQLite does. */
export function compareCells(a: IndexCell, b: IndexCell): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return Buffer.compare(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(cell: IndexCell): number {
  return typeof cell === 'number' ? 0 : typeof cell === 'string' ? 1 : 2;
}

/** A text that is equal for equal tuples of cells only. Encoded text holds no NUL, so NUL separates. */
export function tupleKey(cells: readonly IndexCell[]): string {
  const text = (cell: IndexCell) =>
    Buffer.isBuffer(cell) ? `b${cell.toString('hex')}` : `${typeof cell}${cell}`;
  return cells.map(text).join('\0');
}

/** The value of a field: own fields only, dot paths as mingo reads them. */
export function valueAt(document: StoredDocument, path: string): unknown {
  if (path.includes('.')) return resolve(document, path, { unwrapArray: true });
  return Object.hasOwn(document, path) ? document[path] : undefined;
}

/** The cell of a field for a column; null for an array or an object, which one cell cannot say. */
export function columnCell(value: unknown): IndexCell | null {
  if (isScalar(value)) return scalarCell(value);
  return value === undefined ? nullCell : null;
}

/**
 * The entries of a document in an index, each once. Every element of an array has its own entry, arrays in several
 * fields are combined, so that whatever mingo matches by a scalar is found.
 */
export function tuplesOf(fields: readonly string[], document: StoredDocument): IndexCell[][] {
  let tuples: IndexCell[][] = [[]];
  for (const field of fields) {
    const cells = fieldCells(valueAt(document, field));
    tuples = tuples.flatMap((tuple) => cells.map((cell) => [...tuple, cell]));
  }
  return tuples.length === 1
    ? tuples
    : [...new Map(tuples.map((tuple) => [tupleKey(tuple), tuple])).values()];
}

function fieldCells(value: unknown): IndexCell[] {
  if (!Array.isArray(value)) return [columnCell(value) ?? objectCell];
  const cells: IndexCell[] = [];
  collectElements(value, cells);
  // An empty array is found by "is missing" (a path through it leads nowhere) and by "is not null".
  return cells.length > 0 ? cells : [nullCell, objectCell];
}

function collectElements(values: readonly unknown[], cells: IndexCell[]): void {
  for (const value of values) {
    cells.push(columnCell(value) ?? objectCell);
    if (Array.isArray(value)) collectElements(value, cells);
  }
}

/** Whether an index can look a value up. */
export function isScalar(value: unknown): value is Scalar {
  return (
    value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number'
  );
}
