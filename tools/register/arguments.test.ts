import { describe, expect, it } from 'vitest';
import { CannotRun } from '../cannot-run';
import { readArguments } from './arguments';

const environment = { SPACE_URL: 'https://space.example/dev' };

describe('the command line of npm run register', () => {
  it.each<[string, string[], string]>([
    ['an unknown option', ['--domains', 'a.example'], "Unknown option '--domains'"],
    ['a URL in the place of a domain', ['--domain', 'http://x'], '"http://x" is no name of a domain'],
    ['a path for a domain', ['--domain', '../v1'], '"../v1" is no name of a domain'],
    ['domain and account', ['--domain', 'a.example', '--account'], 'Give one of --domain'],
    ['all and account', ['--all', '--account'], 'Give one of --domain'],
    ['neither', [], 'Say for what'],
    ['an unknown region', ['--all', '--region', 'asia'], '--region (or MAILGUN_REGION) must be us or eu.'],
    ['a URL without a scheme', ['--all', '--url', 'example'], '--url must be a URL'],
    ['a URL with a query', ['--all', '--url', 'https://a.example/?x=1'], '--url must be without a query'],
    ['a URL to replace without a scheme', ['--all', '--replace', 'x'], '--replace must be the URL'],
    [
      'replace and remove',
      ['--all', '--remove', '--replace', 'https://a.example'],
      '--remove takes our URL away',
    ],
    ['key-only and more', ['--key-only', '--remove'], '--key-only prints the key'],
    ['a value for a switch', ['--all', '--yes=no'], "Option '--yes' does not take an argument"],
    ['a value for dry-run', ['--all', '--dry-run=1'], "Option '--dry-run' does not take an argument"],
    ['a value for show-key', ['--all', '--show-key=1'], "Option '--show-key' does not take an argument"],
    ['an argument', ['mg.example.com'], "Unexpected argument 'mg.example.com'"],
  ])('must not have %s', (_, commandLine, sentence) => {
    const read = () => readArguments(commandLine, environment);
    expect(read).toThrow(CannotRun);
    expect(read).toThrow(sentence);
  });
});
