import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readSpaceFile, writeSpaceFile } from './space-file';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'space-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const file = { url: 'http://localhost:3000/dev', apiKey: 'k', pid: process.pid };
/** Larger than any process has. */
const nobody = 2 ** 30;

it('tells the space that runs, and no other', () => {
  const folder = temporaryFolder();
  expect(readSpaceFile(folder)).toBeNull();
  writeSpaceFile(folder, file);
  expect(readSpaceFile(folder)).toEqual(file);
  writeSpaceFile(folder, { ...file, pid: nobody });
  expect(readSpaceFile(folder)).toBeNull();
  writeFileSync(join(folder, 'space.json'), '{"url":');
  expect(readSpaceFile(folder)).toBeNull();
});

it('does not take a file that cannot be read for none', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'space.json'));
  expect(() => readSpaceFile(folder)).toThrow(/EISDIR/);
});
