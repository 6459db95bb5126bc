import { switches } from './quirks';

/** The switches as `--help` lists them: a line for each, the default first. */
export function switchesForHelp(): string {
  const width = Math.max(...[...switches.keys()].map((name) => name.length)) + 2;
  return [...switches]
    .map(([name, { harshest, others, othersInWords }]) => {
      const values = [harshest, othersInWords ?? others.join(', ')];
      return `  ${name.padEnd(width)}${values.join(', ')}`;
    })
    .join('\n');
}

/** The switches as the table of the README. */
export function switchesAsMarkdown(): string {
  const rows = [...switches].map(([name, { harshest, others, othersInWords, question, changes, where }]) => {
    const values = [`**\`${harshest}\`**`, othersInWords ?? others.map((value) => `\`${value}\``).join(', ')];
    return [
      question,
      `\`${name}\`: ${values.join(', ')}`,
      `${changes}; ${where.map((file) => `\`${file}\``).join(', ')}`,
    ];
  });
  const cells = [['Question', 'Switch', 'What it changes, and where'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head = [], ...body] = cells.map(line);
  return [head, rule, ...body].join('\n');
}
