import { describe, expect, it } from 'vitest';
import { CannotRun } from '../cannot-run';
import { readArguments } from './arguments';

const now = Date.parse('2026-11-24T12:00:00Z');

describe('the command line of npm run backfill', () => {
  it.each<[string[], string]>([
    [[], 'Say from when'],
    [['--from', 'yesterday'], '--from must be a day'],
    [['--from', '2026-02-31'], '--from must be a day'],
    [['--from', '2999-01-01'], '--from lies in the future'],
    [['--from', '2026-11-02', '--to', 'later'], '--to must be a day'],
    [['--from', '2026-11-02', '--to', '2026-11-01'], '--to must lie behind --from'],
    [['--from', '2026-11-01', '--domain', 'no domain'], '"no domain" is no name of a domain'],
    [['--from', '2026-11-01', '--url', 'example'], '--url must be a URL'],
    [['--from', '2026-11-01', '--api-key', ''], '--api-key must be the API key'],
    [['--from', '2026-11-01', '--limit', '3'], "Unknown option '--limit'"],
    [['--all', '--from', '2026-11-01'], '--all takes every domain and all days'],
    [['2026-11-01'], "Unexpected argument '2026-11-01'"],
  ])('must not be %j', (commandLine, sentence) => {
    const read = () => readArguments(commandLine, now);
    expect(read).toThrow(CannotRun);
    expect(read).toThrow(sentence);
  });

  it('takes with --all the days that Mailgun keeps', () => {
    expect(readArguments(['--all'], now)).toMatchObject({
      from: '2026-10-25T12:00:00.000Z',
      domains: [],
      all: true,
    });
  });
});
