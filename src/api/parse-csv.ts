/**
 * Rows of cells as RFC 4180 has them. A byte order mark and lines of any ending are taken; what follows a closing quote
 * belongs to the cell.
 */
export function parseCsv(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let line = 1;
  let begin = 1;
  for (const [whole, quoted, rest = '', plain = '', end = ''] of text
    .replace(/^\uFEFF/, '')
    .matchAll(/(?:"((?:[^"]|"")*)"([^,\r\n]*)|([^,\r\n]*))(,|\r\n|\n|\r|$)/g)) {
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"') + rest);
    line += whole.split(/\r\n|\n|\r/).length - 1;
    if (end === ',') continue;
    if (cells.some((cell) => cell.trim() !== '')) rows.push({ line: begin, cells });
    cells = [];
    begin = line;
  }
  return rows;
}
