import { describe, expect, it } from 'vitest';
import { CannotRun } from '../cannot-run';
import { readArguments } from './arguments';

describe('the command line of npm run verify', () => {
  it.each<[string, string[], string]>([
    ['an unknown option', ['--urls', 'x'], "Unknown option '--urls'"],
    ['a URL without a scheme', ['--url', 'space'], '--url must be a URL'],
    ['a URL of another kind', ['--url', 'ftp://space.example'], '--url must begin with https://'],
    ['an empty key', ['--url', 'https://space.example', '--key', ''], '--key must not be empty.'],
    [
      'a wait that is not a number',
      ['--wait', 'long'],
      '--wait must be a whole number of seconds from 1 to 600.',
    ],
    ['a wait too long', ['--wait', '601'], '--wait must be a whole number'],
    ['a value for --platform', ['--platform=yes'], "Option '--platform' does not take an argument"],
    ['an argument', ['space'], "Unexpected argument 'space'"],
  ])('must not have %s', (_, commandLine, sentence) => {
    const read = () => readArguments(commandLine);
    expect(read).toThrow(CannotRun);
    expect(read).toThrow(sentence);
  });
});
