/** A table as text, which is Markdown too. Columns of numbers stand on the right. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cells = [head, ...rows.map((row) => row.map((cell) => (cell === null ? '–' : String(cell))))];
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[], align: (text: string, width: number, column: number) => string) =>
    `| ${widths.map((width, column) => align(row[column] ?? '', width, column)).join(' | ')} |`;
  const isText = (column: number) =>
    column === 0 || rows.some((row) => /[a-z]{2}/i.test(String(row[column])));
  const pad = (text: string, width: number, column: number) =>
    isText(column) ? text.padEnd(width) : text.padStart(width);
  return [
    line(head, pad),
    line(head, (_, width, column) => (isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)),
    ...cells.slice(1).map((row) => line(row, pad)),
  ].join('\n');
}
