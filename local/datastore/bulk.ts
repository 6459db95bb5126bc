import type { Cell, Database, Row } from './database';

/** Rows of one statement: a call for each row would take longer than what SQLite does with it. */
const rowsAtOnce = 32;

/** Rows of cells, one behind the other. */
export class Rows {
  readonly cells: Cell[] = [];

  constructor(
    /** Cells of a row. */
    readonly width: number,
  ) {}

  add(cells: readonly Cell[], last?: Cell): void {
    for (const cell of cells) this.cells.push(cell);
    if (last !== undefined) this.cells.push(last);
  }
}

const marks = (count: number, mark: string) => Array.from({ length: count }, () => mark).join(', ');

/** Calls `run` with the cells of many rows at a time, and with those of one at the end: so there are two statements. */
function inParts({ cells, width }: Rows, run: (part: Cell[], rows: number) => void): void {
  const size = rowsAtOnce * width;
  let at = 0;
  for (; at + size <= cells.length; at += size) run(cells.slice(at, at + size), rowsAtOnce);
  for (; at < cells.length; at += width) run(cells.slice(at, at + width), 1);
}

/** The rows as SQL, with a mark for each cell. */
function values({ width }: Rows, rows: number): string {
  return marks(rows, `(${marks(width, '?')})`);
}

/** Adds rows to a table. */
export function insertRows(database: Database, table: string, rows: Rows): void {
  inParts(rows, (part, count) => {
    database.run(`INSERT INTO ${table} VALUES ${values(rows, count)}`, part);
  });
}

/** Removes the rows that have these values in these columns. */
export function deleteRows(database: Database, table: string, columns: readonly string[], rows: Rows): void {
  inParts(rows, (part, count) => {
    database.run(
      `DELETE FROM ${table} WHERE (${columns.join(', ')}) IN (VALUES ${values(rows, count)})`,
      part,
    );
  });
}

/** Gives one column of rows new values. @param rows the value of `key` that names the row, and the new value */
export function updateRows(
  database: Database,
  table: string,
  { key, column }: { key: string; column: string },
  rows: Rows,
): void {
  inParts(rows, (part, count) => {
    database.run(
      `UPDATE ${table} SET ${column} = v.column2 FROM (VALUES ${values(rows, count)}) v
       WHERE ${table}.${key} = v.column1`,
      part,
    );
  });
}

/** Reads rows by the values of one column. @param rows these values */
export function selectRows(
  database: Database,
  table: string,
  columns: readonly string[],
  key: string,
  rows: Rows,
): Row[] {
  const found: Row[] = [];
  inParts(rows, (part, count) => {
    const sql = `SELECT ${columns.join(', ')} FROM ${table} WHERE ${key} IN (${marks(count, '?')})`;
    found.push(...database.rows(sql, part));
  });
  return found;
}
