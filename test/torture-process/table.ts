/** A table as text, which is Markdown too. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cells = [head, ...rows.map((row) => row.map((cell) => (cell === null ? '–' : String(cell))))];
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[], align: (text: string, width: number, column: number) => string) =>
    `| ${widths.map((width, column) => align(row[column] ?? '', width, column)).join(' | ')} |`;
  const pad = (text: string, width: number, column: number) =>
    column === 0 ? text.padEnd(width) : text.padStart(width);
  return [
    line(head, pad),
    line(head, (_, width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)),
    ...cells.slice(1).map((row) => line(row, pad)),
  ].join('\n');
}
