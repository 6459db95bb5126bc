import { switches } from './quirks';
import type { Switch } from './switch';

/** The switches as `--help` lists them: a line for each, the default first. */
export function switchesForHelp(): string {
  const width = Math.max(...[...switches.keys()].map((name) => name.length)) + 2;
  return [...switches]
    .map(([name, { usual, others, othersInWords }]) => {
      const values = [usual, othersInWords ?? others.join(', ')];
      return `  ${name.padEnd(width)}${values.join(', ')}`;
    })
    .join('\n');
}

/** The values with the default in bold and the harshest, where it is another one, in italics. */
function valuesAsMarkdown({ usual, harshest, others, othersInWords }: Switch<string | number>): string {
  const mark = (value: string | number) => (value === harshest ? `_\`${value}\`_` : `\`${value}\``);
  return [`**\`${usual}\`**`, othersInWords ?? others.map(mark).join(', ')].join(', ');
}

/** The switches as the table of the README. */
export function switchesAsMarkdown(): string {
  const rows = [...switches].map(([name, one]) => [
    one.question,
    `\`${name}\`: ${valuesAsMarkdown(one)}`,
    `${one.changes}; ${one.where.map((file) => `\`${file}\``).join(', ')}`,
  ]);
  const cells = [['Question', 'Switch', 'What it changes, and where'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head = [], ...body] = cells.map(line);
  return [head, rule, ...body].join('\n');
}
