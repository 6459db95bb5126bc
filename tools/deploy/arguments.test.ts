import { describe, expect, it } from 'vitest';
import { CannotRun } from '../cannot-run';
import { readArguments } from './arguments';

const environment = { CODEHOOKS_PROJECT: 'mails-ab12' };

describe('the command line of npm run deploy', () => {
  it.each<[string, string[], string]>([
    ['an unknown option', ['--rollback'], "Unknown option '--rollback'"],
    ['a token on the command line', ['--admintoken', 'x'], 'Put the admin token into CODEHOOKS_ADMIN_TOKEN'],
    [
      'a path in the place of a space',
      ['--space', '../x'],
      '--space (or CODEHOOKS_SPACE) must be letters, digits and hyphens.',
    ],
    [
      'a project with a space in its name',
      ['--projectname', 'a b'],
      '--projectname (or CODEHOOKS_PROJECT) must be letters',
    ],
    ['an empty folder name', ['--dir', ''], '--dir must be a folder, such as'],
    ['a folder without an app', ['--dir', './nowhere'], '--dir must be a folder with an index.js'],
    ['an unknown plan', ['--plan', 'gold'], '--plan must be paid or free.'],
    ['a value for --skip-tests', ['--skip-tests=1'], "Option '--skip-tests' does not take an argument"],
    ['an argument', ['prod'], "Unexpected argument 'prod'"],
  ])('must not have %s', (_, commandLine, sentence) => {
    const read = () => readArguments(commandLine, environment, '.');
    expect(read).toThrow(CannotRun);
    expect(read).toThrow(sentence);
  });
});
