import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { families } from '../../src/metrics/families';
import { storedName } from '../../src/metrics/family';

const page = 'docs/metrics.md';
const heading = '| Name ';

/** The table of the page, from the families themselves. */
function familiesAsMarkdown(): string {
  const rows = families.map((family) => [
    `\`${storedName(family)}\``,
    family.type,
    family.labels.map((label) => `\`${label}\``).join(', '),
    family.help,
  ]);
  const cells = [['Name', 'Type', 'Labels', 'Meaning'], ...rows];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, at) => (row[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [
    line(cells[0] ?? []),
    line(widths.map((width) => '-'.repeat(width))),
    ...cells.slice(1).map(line),
  ].join('\n');
}

it('the page of metrics has every family with its meaning', () => {
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf(heading);
  const told = text.slice(start, text.indexOf('\n\n', start));
  const table = familiesAsMarkdown();
  if (process.env.UPDATE_DOCS === '1')
    writeFileSync(
      page,
      text.replace(told, () => table),
    );
  expect(readFileSync(page, 'utf8'), 'Run UPDATE_DOCS=1 npx vitest run test/docs/metrics.test.ts').toContain(
    table,
  );
});

it('names and helps follow the rules of Prometheus', () => {
  const names = families.map(storedName);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, type, help, labels } of families) {
    expect(name).toMatch(/^mailgun_[a-z]+(_[a-z]+)*$/);
    expect(name).not.toMatch(/_(total|count|sum|bucket|ms|minutes|hours)$/);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(help).toMatch(/^[A-Z].*\.$/);
    for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
  }
});

it('Prometheus takes the alert rules', ({ skip }) => {
  const { status, stdout, stderr, error } = spawnSync(
    'promtool',
    ['check', 'rules', 'docs/prometheus-alerts.yml'],
    { encoding: 'utf8' },
  );
  if (error !== undefined) skip('There is no promtool: install prometheus.');
  expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: expect.stringContaining('SUCCESS') });
});
