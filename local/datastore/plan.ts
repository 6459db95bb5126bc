import { afterAllText, encodeText } from '../database/text';
import { compareCells, firstBlob, firstText, type IndexCell, nullCell, scalarCell } from './cells';
import type { Collection, Index } from './collections';
import type { CompiledQuery, Condition } from './query';

/** The order that a caller asks for: field and direction, the most important first. */
export type Sort = readonly (readonly [field: string, direction: 1 | -1])[];

/** A limit on one column: cells below or above it are not read. */
export interface CellBound {
  readonly cell: IndexCell;
  readonly inclusive: boolean;
}

/** Where documents are read from, in the order of `columns` and then of their number. */
export interface AccessPath {
  /** `scan`, `_id` or the fields of the index. */
  readonly name: string;
  readonly index: Index | undefined;
  readonly fields: readonly string[];
  readonly columns: readonly string[];
}

/** How to find the documents of a query. */
export interface Plan {
  readonly path: AccessPath;
  /** Values of the leading columns. The path is read for one tuple after the other. */
  readonly prefixes: readonly (readonly IndexCell[])[];
  /** Bounds on the column after those. */
  readonly lower: CellBound | undefined;
  readonly upper: CellBound | undefined;
  readonly reverse: boolean;
  /** Whether the documents come in the order that was asked for. */
  readonly sorted: boolean;
  /** Whether one document may have several entries in what is read. */
  readonly repeats: boolean;
  /** Whether all that is read matches the query. Else it is a superset, of which mingo decides each document. */
  readonly isExact: boolean;
}

const maxPrefixes = 10_000;

const scanPath: AccessPath = { name: 'scan', index: undefined, fields: [], columns: [] };
const idPath: AccessPath = { name: '_id', index: undefined, fields: ['_id'], columns: ['d.id'] };

interface Candidate extends Plan {
  readonly equalFields: number;
  readonly ranged: boolean;
}

/**
 * Chooses the path with the most leading fields fixed by the query, then one with a range on the next
 * field, then one that also yields the order asked for. Ids beat everything.
 */
export function planQuery(collection: Collection, query: CompiledQuery, sort: Sort): Plan {
  const scan = candidate(scanPath, query, sort);
  let best = candidate(idPath, query, sort);
  if (query.namedIds !== undefined) return best;
  for (const index of collection.indexes) {
    const path = { name: index.fields.join(','), index, fields: index.fields, columns: index.columns };
    const next = candidate(path, query, sort);
    if (isBetter(next, best)) best = next;
  }
  const helps = best.equalFields > 0 || best.ranged || (best.sorted && sort.length > 0);
  return helps ? best : scan;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.equalFields !== b.equalFields) return a.equalFields > b.equalFields;
  if (a.ranged !== b.ranged) return a.ranged;
  if (a.sorted !== b.sorted) return a.sorted;
  return a.path.fields.length < b.path.fields.length;
}

function candidate(path: AccessPath, query: CompiledQuery, sort: Sort): Candidate {
  const equals = leadingValues(path, query);
  const next = path.fields[equals.length];
  const irregular = path.index?.irregular ?? [];
  const bounds = next === undefined ? {} : boundsOf(next, query, irregular[equals.length] === true);
  const order = orderOf(path, equals, sort);
  return {
    path,
    prefixes: prefixesOf(equals, order === 'descending'),
    lower: bounds.lower,
    upper: bounds.upper,
    reverse: order === 'descending',
    sorted: order !== 'none',
    repeats: path.fields.some((_field, at) => irregular[at] === true && equals[at]?.length !== 1),
    equalFields: equals.length,
    ranged: bounds.lower !== undefined || bounds.upper !== undefined,
    isExact: query.isExact && usesAll(path, equals.length, query),
  };
}

/**
 * Whether SQL decides each condition: one for each leading field, any number for the field behind them. Not for fields
 * with arrays, where mingo knows more than the entries say, nor for ids that are compared with anything but text.
 */
function usesAll({ fields, index }: AccessPath, equals: number, { conditions }: CompiledQuery): boolean {
  const used = new Set<string>();
  return conditions.every((condition) => {
    const at = fields.indexOf(condition.field);
    if (index?.irregular[at] === true || (condition.field === '_id' && !isOfText(condition))) return false;
    if (condition.kind !== 'equal') return at === equals;
    const isFirst = !used.has(condition.field);
    used.add(condition.field);
    return isFirst && at >= 0 && at < equals;
  });
}

function isOfText(condition: Condition): boolean {
  if (condition.kind === 'equal') return condition.values.every((value) => typeof value === 'string');
  return condition.kind !== 'range' || typeof (condition.lower ?? condition.upper)?.value === 'string';
}

/** For the leading fields of a path: the cells that the query allows, as long as it names them. */
function leadingValues(path: AccessPath, query: CompiledQuery): IndexCell[][] {
  const equals: IndexCell[][] = [];
  let product = 1;
  for (const field of path.fields) {
    const fixed = query.conditions
      .filter((condition) => condition.field === field && condition.kind === 'equal')
      .flatMap((condition) => (condition.kind === 'equal' ? [distinctCells(condition.values)] : []))
      .sort((a, b) => a.length - b.length)[0];
    if (!fixed || product * fixed.length > maxPrefixes) break;
    product *= fixed.length;
    equals.push(fixed);
  }
  return equals;
}

function distinctCells(values: Extract<Condition, { kind: 'equal' }>['values']): IndexCell[] {
  const cells = values.map(scalarCell).sort(compareCells);
  return cells.filter((cell, at) => {
    const previous = cells[at - 1];
    return previous === undefined || compareCells(previous, cell) !== 0;
  });
}

/** Every combination of the allowed cells, in the order of the path. */
function prefixesOf(equals: readonly IndexCell[][], descending: boolean): IndexCell[][] {
  let prefixes: IndexCell[][] = [[]];
  for (const cells of equals) {
    const ordered = descending ? [...cells].reverse() : cells;
    prefixes = prefixes.flatMap((prefix) => ordered.map((cell) => [...prefix, cell]));
  }
  return prefixes;
}

/**
 * The tightest bounds for a field. A field that held arrays gets one condition at most: an array may
 * satisfy one condition by one element and the next by another.
 */
function boundsOf(
  field: string,
  query: CompiledQuery,
  irregular: boolean,
): { lower?: CellBound; upper?: CellBound } {
  let lower: CellBound | undefined;
  let upper: CellBound | undefined;
  for (const condition of query.conditions) {
    if (condition.field !== field || condition.kind === 'equal') continue;
    if (field === '_id' && condition.kind === 'notNull') continue;
    const next = cellBounds(condition, irregular);
    if (!lower || (next.lower && compareCells(next.lower.cell, lower.cell) > 0)) lower = next.lower ?? lower;
    if (!upper || (next.upper && compareCells(next.upper.cell, upper.cell) < 0)) upper = next.upper ?? upper;
    if (irregular) break;
  }
  return { ...(lower && { lower }), ...(upper && { upper }) };
}

function cellBounds(
  condition: Exclude<Condition, { kind: 'equal' }>,
  irregular: boolean,
): { lower?: CellBound; upper?: CellBound } {
  if (condition.kind === 'notNull') return { lower: { cell: nullCell, inclusive: false } };
  if (condition.kind === 'prefix') {
    const start = encodeText(condition.text);
    return {
      lower: { cell: start, inclusive: true },
      upper: { cell: start + afterAllText, inclusive: false },
    };
  }
  const { lower, upper } = condition;
  const isText = typeof (lower ?? upper)?.value === 'string';
  const start: CellBound = isText
    ? { cell: firstText, inclusive: true }
    : { cell: nullCell, inclusive: false };
  const end: CellBound = { cell: isText ? firstBlob : firstText, inclusive: false };
  return {
    lower: lower ? { cell: scalarCell(lower.value), inclusive: lower.inclusive } : start,
    upper:
      upper && !(irregular && lower) ? { cell: scalarCell(upper.value), inclusive: upper.inclusive } : end,
  };
}

/** Whether reading a path forwards or backwards yields the order asked for. */
function orderOf(
  path: AccessPath,
  equals: readonly IndexCell[][],
  sort: Sort,
): 'ascending' | 'descending' | 'none' {
  const irregular = path.index?.irregular ?? [];
  const isFixed = (at: number) => equals[at]?.length === 1;
  // The order by a field that has one value everywhere says nothing.
  const wanted = sort.filter(([field]) => {
    const at = path.fields.indexOf(field);
    return !(at >= 0 && isFixed(at) && irregular[at] !== true);
  });
  const direction = wanted[0]?.[1] ?? 1;
  let column = 0;
  for (const [field, wantedDirection] of wanted) {
    while (isFixed(column) && path.fields[column] !== field) column += 1;
    if (path.fields[column] !== field || irregular[column] === true || wantedDirection !== direction)
      return 'none';
    column += 1;
  }
  return direction === 1 ? 'ascending' : 'descending';
}
