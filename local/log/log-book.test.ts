import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { LogBook } from './log-book';
import { Redactor } from './redactor';

it('says once that its file cannot be written, and keeps the lines at hand', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-book-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const book = new LogBook({ directory, redactor: new Redactor() });
  mkdirSync(join(directory, 'log.jsonl'));
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  book.add({ level: 'info', text: 'first' });
  await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(1));
  book.add({ level: 'info', text: 'second' });
  await book.close();
  expect(warn.mock.calls.map(([warning]) => String(warning))).toEqual([
    expect.stringMatching(/^The log .*log\.jsonl cannot be written, its lines are lost: /),
  ]);
  expect(book.tail(10).map(({ text }) => text)).toEqual(['first', 'second']);
});

it('says nothing when a line comes after its folder was removed with the stopped space', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'log-book-'));
  const book = new LogBook({ directory, redactor: new Redactor() });
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  book.add({ level: 'info', text: 'first' });
  await book.close();
  rmSync(directory, { recursive: true });
  book.add({ level: 'info', text: 'from a worker that nobody waited for' });
  await book.close();
  expect(warn).not.toHaveBeenCalled();
  expect(book.tail(10)).toHaveLength(2);
});
