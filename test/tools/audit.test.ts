import { describe, expect, it } from 'vitest';
import { runTool } from './run-tool';

describe('npm run audit', () => {
  it.each<[string, string[], string]>([
    ['an unknown option', ['--fixed'], "Unknown option '--fixed'"],
    ['an argument', ['space'], "Unexpected argument 'space'"],
    ['no API key', [], 'No API key'],
    ['a key that cannot be one', ['--api-key', 'sécret'], 'The API key holds characters that no key has'],
    ['a URL without a scheme', ['--api-key', 'k', '--url', 'space'], '"space" is no address of a space'],
    ['nobody there', ['--api-key', 'k', '--url', 'http://127.0.0.1:65535/dev'], 'cannot be reached (connect'],
  ])('says a sentence to %s', async (_, commandLine, sentence) => {
    const run = await runTool('audit', commandLine);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain(sentence);
    expect(run.err).not.toContain('sécret');
    expect(run.err).not.toContain('    at ');
  });
});
