import { resolve } from 'mingo/util';
import type { Json, StoredDocument } from '../connection';
import type { IndexInfo } from './catalog';
import { encodeText } from './text';

/** A value as an index holds it. `null` and missing are minus infinity, which JSON cannot contain. */
export type EntryCell = number | string | Buffer;

/** A value that a query can look up in an index. */
export type Scalar = null | boolean | number | string;

/** Stands for `null` and missing: before every number. */
export const nullCell = Number.NEGATIVE_INFINITY;
/** Before every text and after every number. */
export const firstText = '';
/** After every text. */
export const firstBlob = Buffer.alloc(0);

const otherCell = Buffer.from([1]);
const falseCell = Buffer.from([2, 0]);
const trueCell = Buffer.from([2, 1]);

/** The cell of a scalar. Cells order as mingo orders: null, numbers, text, objects, booleans. */
export function scalarCell(value: Scalar): EntryCell {
  if (value === null) return nullCell;
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'boolean') return value ? trueCell : falseCell;
  return value;
}

/** Orders two cells as SQLite does. */
export function compareCells(a: EntryCell, b: EntryCell): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return Buffer.compare(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(cell: EntryCell): number {
  return typeof cell === 'number' ? 0 : typeof cell === 'string' ? 1 : 2;
}

/** A text that is equal for equal tuples of cells only. Encoded text holds no NUL, so NUL separates. */
export function tupleKey(cells: readonly EntryCell[]): string {
  let key = '';
  for (const cell of cells) {
    key +=
      typeof cell === 'string'
        ? `s${cell}\0`
        : typeof cell === 'number'
          ? `n${cell}\0`
          : `b${cell.toString('hex')}\0`;
  }
  return key;
}

/** The value of a field: own fields only, dot paths as mingo reads them. */
export function valueAt(document: StoredDocument, path: string): unknown {
  if (path.includes('.')) return resolve(document, path, { unwrapArray: true });
  return Object.hasOwn(document, path) ? document[path] : undefined;
}

/** What a document contributes to an index. */
export interface Entries {
  /** The tuples of cells, each once. */
  readonly tuples: readonly (readonly EntryCell[])[];
  /** The positions of the fields where the document holds an array or an object. */
  readonly irregular: readonly number[];
}

const nothing: readonly number[] = [];

/**
 * The entries of a document in an index. Every element of an array has its own entry, arrays in several
 * fields are combined, so that whatever mingo matches by a scalar is found.
 */
export function entriesOf(index: IndexInfo, document: StoredDocument): Entries {
  const only: EntryCell[] = [];
  for (const field of index.fields) {
    const value = valueAt(document, field);
    if (typeof value === 'object' && value !== null) return combinedEntries(index, document);
    only.push(cellOf(value));
  }
  return { tuples: [only], irregular: nothing };
}

function combinedEntries(index: IndexInfo, document: StoredDocument): Entries {
  let tuples: EntryCell[][] = [[]];
  const irregular: number[] = [];
  for (const [at, field] of index.fields.entries()) {
    const value = valueAt(document, field);
    // An array or an object: one cell cannot say how it sorts.
    if (typeof value === 'object' && value !== null) irregular.push(at);
    const cells = fieldCells(value);
    tuples = tuples.flatMap((tuple) => cells.map((cell) => [...tuple, cell]));
  }
  return { tuples: [...new Map(tuples.map((tuple) => [tupleKey(tuple), tuple])).values()], irregular };
}

/** The tuples that the others do not have. */
export function missingIn(
  tuples: readonly (readonly EntryCell[])[],
  others: readonly (readonly EntryCell[])[],
): readonly (readonly EntryCell[])[] {
  if (others.length === 0) return tuples;
  const present = new Set(others.map(tupleKey));
  return tuples.filter((tuple) => !present.has(tupleKey(tuple)));
}

function fieldCells(value: unknown): EntryCell[] {
  if (!Array.isArray(value)) return [cellOf(value)];
  const cells: EntryCell[] = [];
  collectElements(value, cells);
  // Nothing inside: found by "is missing" (a path through it leads nowhere) and by "is not null".
  return cells.length > 0 ? cells : [nullCell, otherCell];
}

function collectElements(values: readonly unknown[], cells: EntryCell[]): void {
  for (const value of values) {
    if (Array.isArray(value)) {
      cells.push(otherCell);
      collectElements(value, cells);
    } else cells.push(cellOf(value));
  }
}

function cellOf(value: unknown): EntryCell {
  return isScalar(value) ? scalarCell(value) : value === undefined ? nullCell : otherCell;
}

/** Whether an index can look a value up. */
export function isScalar(value: unknown): value is Scalar & Json {
  return (
    value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number'
  );
}
