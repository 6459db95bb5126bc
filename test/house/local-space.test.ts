import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readImports } from './import-graph';

const files = readdirSync('local', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((file) => !file.includes('node_modules'));

it('no file of the local space mentions Mailgun', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => /mailgun/i.test(readFileSync(file, 'utf8')))).toEqual([]);
});

it('no file of the local space imports from outside of it', () => {
  const foreign = [...readImports(['local'])].flatMap(([file, { files: imported }]) =>
    imported.filter((path) => !path.startsWith('local/')).map((path) => `${file} imports ${path}`),
  );
  expect(foreign).toEqual([]);
});
