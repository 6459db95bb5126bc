import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { switchesAsMarkdown, switchesForHelp } from './describe-switches';
import { harshest, switches, usual } from './quirks';
import { readQuirks } from './read-quirks';

const local = join(import.meta.dirname, '..');
const readme = join(local, 'README.md');
const sources = readdirSync(local, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /(?<!\.test)\.ts$/.test(name),
);
const heading = '| Question ';

/** The README with the table of the switches, and the place of that table in it. */
function readTable(): { page: string; table: string } {
  const page = readFileSync(readme, 'utf8');
  const start = page.indexOf(heading);
  return { page, table: page.slice(start, page.indexOf('\n\n', start)) };
}

describe('each switch', () => {
  it('stands in the README as the table says', () => {
    const { page, table } = readTable();
    if (process.env.UPDATE_README === '1')
      writeFileSync(
        readme,
        page.replace(table, () => switchesAsMarkdown()),
      );
    expect(readTable().table, 'Run UPDATE_README=1 npx vitest run local/switches').toBe(switchesAsMarkdown());
  });

  it('stands in the help', () => {
    const lines = switchesForHelp().split('\n');
    expect(lines.map((line) => line.trim().split(/\s/)[0])).toEqual([...switches.keys()]);
  });

  it.each([...switches])('%s is read by exactly the files that it names', (name, { where }) => {
    const reads = new RegExp(`quirks\\.${name}\\b`);
    const readers = sources.filter((file) => reads.test(readFileSync(join(local, file), 'utf8')));
    expect([...where].sort()).toEqual(readers.sort());
  });

  it.each([...switches])(
    '%s can be set to each of its values',
    (name, { usual: first, harshest: worst, others, read }) => {
      expect(others).not.toContain(first);
      expect([first, ...others]).toContain(worst);
      for (const value of [first, ...others]) {
        expect(read(String(value))).toBe(value);
        expect(readQuirks(`${name}=${value}`)).toEqual({ [name]: value });
      }
    },
  );
});

it.each([
  ['', {}],
  ['thrownErrorStatus=500, defaultLimit=7', { thrownErrorStatus: 500, defaultLimit: 7 }],
  ['defaultLimit=none', { defaultLimit: 'none' }],
  ['instances=64', { instances: 64 }],
  ['plan=paid, harshest', { ...harshest, plan: 'paid' }],
])('"%s" is read', (text, expected) => {
  expect(readQuirks(text)).toEqual(expected);
});

it.each([
  ['thrownErrorStatus=404', 'The quirk thrownErrorStatus cannot be "404", it is one of ("200" | "500").'],
  ['instances=65', 'The quirk instances cannot be "65", it is one of (a whole number from 1 to 64).'],
  ['defaultLimit=0', 'The quirk defaultLimit cannot be "0", it is one of ("none" | a whole number from 1).'],
  ['colour=red', 'There is no quirk "colour"; the quirks are'],
  ['toString=1', 'There is no quirk "toString"; the quirks are'],
  ['instances', 'A quirk is written name=value, not "instances".'],
])('"%s" is refused with a sentence', (text, sentence) => {
  expect(() => readQuirks(text)).toThrow(sentence);
});

it('the default is what is known, and the harshest answer where nothing is', () => {
  expect(Object.keys(usual)).toEqual([...switches.keys()]);
  expect(Object.keys(harshest)).toEqual([...switches.keys()]);
  expect(usual).toMatchObject({
    afterResponse: 'stops',
    failedJob: 'retriedAtOnce',
    upsertResult: 'document',
  });
  expect(harshest).toMatchObject({ afterResponse: 'stops', failedJob: 'dropped', upsertResult: 'null' });
});
