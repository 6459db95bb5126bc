import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { failureClasses, meaningOf } from '../../src/events/classify';
import {
  counterTable,
  type definitions,
  derivedTable,
  formulaOf,
  rateTable,
} from '../../src/statistics/counter-table';

const file = 'docs/definitions.md';
const page = readFileSync(file, 'utf8');
const partOf = (title: string) => page.split(`## ${title}\n`)[1]?.split(/^## /m)[0] ?? '';
const sectionsOf = (title: string) => partOf(title).split(/^### /m).slice(1);
const update = 'Run UPDATE_DOCS=1 npx vitest run test/house';

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

/** A text in lines of the length of the page. */
const wrapped = (text: string) => text.replace(/(.{1,118})(?: |$)/g, '$1\n').trimEnd();

/** Writes the sections of a part of the page as the table says. */
function write(title: string, rows: (typeof definitions)[number][]): void {
  const [introduction = ''] = partOf(title).split(/^### /m);
  const sections = rows.map((row) => {
    const [heading = '', ...rest] = sectionOf(row).split(' ');
    return `### ${heading}\n\n${wrapped(rest.join(' '))}\n`;
  });
  const isLast = page.endsWith(partOf(title));
  const part = `${introduction}${sections.join('\n')}${isLast ? '' : '\n'}`;
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(partOf(title), () => part),
  );
}

it.each([
  ['Counted numbers', counterTable],
  ['Numbers that follow from them', derivedTable],
  ['Rates', rateTable],
])('the page of definitions says of %s what the table says', (title, rows) => {
  if (process.env.UPDATE_DOCS === '1') return write(title, [...rows]);
  const written = sectionsOf(title).map((section) => section.replace(/\s+/g, ' ').trim());
  expect(written, update).toEqual(rows.map(sectionOf));
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
