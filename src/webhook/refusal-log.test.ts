import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { noteRefusal, tellRefusals, tellRefusalsOfBefore } from './refusal-log';

let lines: string[] = [];
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation((line) => lines.push(String(line)));
  tellRefusals();
  lines = [];
});
afterEach(() => vi.restoreAllMocks());

const minuteMs = 60_000;
const forged = { error: 'invalid_signature' };

it('of many refusals of a minute the first has a line, and the next minute tells how many came after it', () => {
  for (let n = 0; n < 34_000; n += 1) noteRefusal('webhook refused', forged, minuteMs);
  expect(lines).toEqual(['mailgun webhook refused error=invalid_signature']);
  tellRefusalsOfBefore(minuteMs + 59_999);
  expect(lines).toHaveLength(1);
  tellRefusalsOfBefore(2 * minuteMs);
  expect(lines).toEqual([
    'mailgun webhook refused error=invalid_signature',
    'mailgun webhook refused, again error=invalid_signature times=33999',
  ]);
});

it('kinds are told apart, and cron tells what no request has told', () => {
  for (const error of ['invalid_signature', 'invalid_payload', 'invalid_signature'])
    noteRefusal('webhook refused', { error }, minuteMs);
  tellRefusals();
  expect(lines).toEqual([
    'mailgun webhook refused error=invalid_signature',
    'mailgun webhook refused error=invalid_payload',
    'mailgun webhook refused, again error=invalid_signature times=1',
  ]);
});

it('kinds that never repeat do not fill the log or the memory, and are counted', () => {
  for (let n = 0; n < 10_000; n += 1) noteRefusal('webhook body not read', { error: `odd ${n}` }, minuteMs);
  tellRefusals();
  expect(lines).toHaveLength(51);
  expect(lines.at(-1)).toBe('mailgun webhook refused for other reasons, again times=9950');
});
