import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { failureClasses, meaningOf } from '../../src/events/classify';
import {
  counterTable,
  type definitions,
  derivedTable,
  formulaOf,
  rateTable,
} from '../../src/statistics/counter-table';

const page = readFileSync('docs/definitions.md', 'utf8');
const sectionsOf = (title: string) =>
  (page.split(`## ${title}\n`)[1]?.split(/^## /m)[0] ?? '').split(/^### /m).slice(1);

/** What the page must say of a number. */
function sectionOf({ name, mailgun, definition, otherwise }: (typeof definitions)[number]): string {
  const formula = formulaOf(name);
  return [
    `\`${name}\``,
    mailgun === null ? 'Mailgun has no such number.' : `Mailgun: \`${mailgun}\`.`,
    ...(formula === null ? [] : [`Formula: \`${formula}\`.`]),
    definition,
    ...(otherwise === undefined ? [] : [`Otherwise than Mailgun: ${otherwise}`]),
  ].join(' ');
}

it.each([
  ['Counted numbers', counterTable],
  ['Numbers that follow from them', derivedTable],
  ['Rates', rateTable],
])('the page of definitions says of %s what the table says', (title, rows) => {
  const written = sectionsOf(title).map((section) => section.replace(/\s+/g, ' ').trim());
  expect(written).toEqual(rows.map(sectionOf));
});

it('the page of definitions says of every class of failures what the table says', () => {
  const flags = { routed: false, test: false, callback: false, delayedBounce: false };
  const table = failureClasses.map((classification) => {
    const [asBounce, otherwise] = ['bounce', 'generic'].map((reason) =>
      meaningOf({ severity: 'permanent', reason, flags, classification }),
    );
    const listed = otherwise?.listedByMailgun
      ? 'yes'
      : asBounce?.listedByMailgun
        ? 'with the reason `bounce`'
        : 'no';
    const bad = asBounce?.addressIsBad ?? null;
    return [`\`${classification}\``, listed, bad === null ? '–' : bad ? 'yes' : 'no'];
  });
  const section = page.split('## What a failure means\n')[1]?.split(/^## /m)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const written = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  expect(written.map(([, name, , listed, bad]) => [name, listed, bad])).toEqual(table);
});
