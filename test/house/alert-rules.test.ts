import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Rule, ruleTable } from '../../src/alerts/rules';
import { describeValue } from '../../src/alerts/words';

const file = 'docs/alerts.md';
const heading = /^\| Rule +\| Measures/m;

function measured({ measure, measures }: Rule): string {
  return measure.kind === 'share'
    ? `\`${measure.of}\` per \`${measure.per.join(' + ')}\``
    : measures.replaceAll('|', '');
}

function rowOf(rule: Rule): string[] {
  const { name, scopes, unit, thresholds, measure } = rule;
  const { warn, critical, minVolume, minCount, windowHours } = thresholds;
  const value = (one: number | null) => (one === null ? '–' : describeValue(one, unit));
  const hasWindow = measure.kind === 'share' || measure.kind === 'specialShare';
  return [
    `\`${name}\``,
    measured(rule),
    scopes.join(', '),
    value(warn),
    value(critical),
    minCount === 0 ? '' : minVolume === 0 ? String(minCount) : `${minCount} of ${minVolume}`,
    hasWindow ? String(windowHours) : '',
  ];
}

function tableOf(rules: readonly Rule[]): string {
  const head = ['Rule', 'Measures', 'About', 'Warning from', 'Critical from', 'At least', 'Hours'];
  const rows = rules.map(rowOf);
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

it('the page of alerts tells every rule with its defaults', () => {
  const text = readFileSync(file, 'utf8');
  const start = text.search(heading);
  const told = text.slice(start, text.indexOf('\n\n', start));
  const table = tableOf(ruleTable);
  if (process.env.UPDATE_DOCS === '1')
    writeFileSync(
      file,
      text.replace(told, () => table),
    );
  expect(readFileSync(file, 'utf8'), 'Run UPDATE_DOCS=1 npx vitest run test/house').toContain(table);
});
