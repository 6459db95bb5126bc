import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readLockFile } from '../../tools/dependencies/lock-file';
import { rowStart } from '../../tools/dependencies/page';

it('says why no licence is known of a package', () => {
  const { licenses, withoutLicense } = readLockFile('package-lock.json');
  const unknown = new Map(licenses).get('not stated') ?? 0;
  const told = [...withoutLicense.values()].reduce((sum, packages) => sum + packages, 0);
  expect(told).toBe(unknown);
  // On another system other builds are installed; that a package of every system names none would be new.
  expect([...withoutLicense.keys()].filter((why) => !why.startsWith('builds of'))).toEqual([]);
});

it('docs/dependencies.md has a row for every package that the project names, with its version and licence', () => {
  const page = readFileSync('docs/dependencies.md', 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replaceAll(/ +/g, ' '));
  const expected = readLockFile('package-lock.json').direct.map(rowStart);
  expect(expected.length).toBeGreaterThan(20);
  expect(
    rows.map((row) => expected.find((start) => row.startsWith(start)) ?? row),
    'Run npm run dependencies.',
  ).toEqual(expected);
});
