import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { comparedCounters } from '../../src/reconciliation/compared-counters';
import { reasonTable } from '../../src/reconciliation/reasons';

const file = 'docs/reconciliation.md';

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

it.each([
  [
    'every number that is compared',
    ['Ours', "Mailgun's"],
    comparedCounters.map(({ counter, metric }) => [`\`${counter}\``, `\`${metric}\``]),
  ],
  [
    'every reason for a difference',
    ['Reason', 'Known', 'What it is'],
    reasonTable.map(({ name, isKnown, sentence }) => [`\`${name}\``, isKnown ? 'yes' : 'no', sentence]),
  ],
])('the page of the reconciliation tells %s', (_, head, rows) => {
  const text = readFileSync(file, 'utf8');
  const start = text.search(new RegExp(`^\\| ${head[0]} +\\| ${head[1]}`, 'm'));
  const told = text.slice(start, text.indexOf('\n\n', start));
  const table = tableOf(head, rows);
  if (process.env.UPDATE_DOCS === '1')
    writeFileSync(
      file,
      text.replace(told, () => table),
    );
  expect(readFileSync(file, 'utf8'), 'Run UPDATE_DOCS=1 npx vitest run test/house').toContain(table);
});
