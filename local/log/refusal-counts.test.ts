import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { LogBook } from './log-book';
import { Redactor } from './redactor';
import { RefusalCounts } from './refusal-counts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('writes a line a kind and minute, however many are refused, so that older lines stay', () => {
  const directory = mkdtempSync(join(tmpdir(), 'refusals-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const book = new LogBook({ directory, redactor: new Redactor(), lines: 5 });
  const counts = new RefusalCounts((entry) => book.add(entry));
  book.add({ level: 'info', text: 'what the owner looks for' });
  for (let minute = 0; minute < 2; minute += 1) {
    for (let number = 0; number < 34_000; number += 1) counts.add('no API key', `192.0.2.${number % 3}`);
    counts.add('wrong API key', '192.0.2.9');
    vi.advanceTimersByTime(60_000);
  }
  vi.advanceTimersByTime(600_000);
  const ofAMinute = [
    'Refused 34000 in a minute: no API key; 11334 from 192.0.2.0, the others from 2 addresses.',
    'Refused 1 in a minute: wrong API key; 1 from 192.0.2.9.',
  ];
  expect(book.tail(10).map(({ text }) => text)).toEqual([
    'what the owner looks for',
    ...ofAMinute,
    ...ofAMinute,
  ]);
});

it('writes what is left when the space stops, and tells no more than a thousand addresses apart', () => {
  const lines: string[] = [];
  const counts = new RefusalCounts(({ text }) => lines.push(text));
  for (let number = 0; number < 5000; number += 1) counts.add('no API key', `address ${number}`);
  counts.close();
  counts.close();
  expect(lines).toEqual([
    'Refused 5000 in a minute: no API key; 1 from address 0, the others from 999 addresses.',
  ]);
});
