import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type App, kinds, signingKey, startApp } from '../app/app';
import { listen } from '../http/listen';
import { runTool } from './run-tool';

const anotherKey = 'key-ffffffffffffffffffffffffffffffff';

describe.each(kinds)('npm run verify against the app (%s)', { timeout: 120_000 }, (kind) => {
  let app: App;
  beforeAll(async () => {
    app = await startApp(kind);
  });
  afterAll(() => app.stop());

  it('proves the space, erases its address and says what stays', async () => {
    const run = await runTool('verify', ['--url', app.url, '--key', app.apiKey], {
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
    });
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toMatch(/All \d+ checks hold\./);
    expect(run.out).toMatch(/Round trip: median \d+ ms/);
    expect(run.out).toMatch(/Effects could be read \d+\.\d s after the last webhook/);
    expect(run.out).toContain('Four events without a person');
    expect(run.out).toContain('let a monitor ask /status');
    expect(run.out).not.toContain(signingKey);
    expect(run.out).not.toContain(app.apiKey);
    const { body } = await app.get('/api/subscribers');
    expect(body.items).toEqual([]);
    const log = await app.get('/api/events?tag=verify');
    expect(JSON.stringify(log.body)).not.toContain('@verify.invalid"');
    expect((await app.get('/api/summary')).body).toMatchObject({
      totals: { delivered: 1, opens: 1, permanentFailures: 1, complaints: 1 },
    });
  });

  it('holds a second time, on the numbers of the first', async () => {
    const run = await runTool('verify', ['--url', app.url], {
      MAILGUN_WEBHOOK_SIGNING_KEY: `${signingKey},${anotherKey}`,
      SPACE_API_KEY: app.apiKey,
    });
    expect(run).toMatchObject({ code: 0, err: '' });
  });

  it('fails when the signing key or the API key is another one', async () => {
    const forged = await runTool('verify', ['--url', app.url, '--key', app.apiKey, '--wait', '1'], {
      MAILGUN_WEBHOOK_SIGNING_KEY: anotherKey,
    });
    expect(forged.code).toBe(1);
    expect(forged.out).toMatch(/FAIL {2}a signed event \(JSON\) +406 invalid_signature/);
    expect(forged.out).toContain('Nothing was stored, so that nothing stays.');
    const shut = await runTool('verify', ['--url', app.url, '--key', 'wrong'], {
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
    });
    expect(shut.code).toBe(1);
    expect(shut.out).toMatch(/FAIL {2}the API opens with the key +40[13]/);
    expect(shut.out).toContain('Nothing was sent');
  });
});

describe('npm run verify', { timeout: 120_000 }, () => {
  it('speaks of a domain that a bound key may sign for', async () => {
    const bound = { MAILGUN_WEBHOOK_SIGNING_KEY: `${signingKey}=mg.example.com|example.org` };
    const app = await startApp('bundle', { env: bound });
    onTestFinished(() => app.stop());
    const run = await runTool('verify', ['--url', app.url, '--key', app.apiKey], bound);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).not.toContain(signingKey);
  });

  it('finds a receiver that takes in everything', async () => {
    const gullible = createServer((request, response) => {
      request
        .resume()
        .on('end', () => response.end('{"received":true,"queued":true,"id":"x","status":"ok"}'));
    });
    const { url, stop } = await listen(gullible);
    onTestFinished(stop);
    const run = await runTool('verify', ['--url', url, '--key', 'k', '--wait', '1'], {
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
    });
    expect(run.code).toBe(1);
    for (const what of [
      'the API is shut without a key',
      'answered as a duplicate',
      'no signature: refused',
      'signed with another key: refused',
      'signed in 1973: refused',
      'a used token with other content: refused',
      'the log holds four events, each once',
      'statistics rose by one each',
      'the address is erased',
    ]) {
      expect(run.out).toMatch(new RegExp(`FAIL +${what}`));
    }
  });

  it.each<[string, string[], string]>([
    ['a URL without a scheme', ['--url', 'space'], '--url must be a URL'],
    ['a key that cannot be one', ['--url', 'https://space.example', '--key', 'sécret'], 'The API key holds'],
    ['no API key', ['--url', 'https://space.example'], 'No API key'],
    ['no signing key', ['--url', 'https://space.example', '--key', 'k'], 'No signing key'],
  ])('refuses %s', async (_, commandLine, sentence) => {
    const run = await runTool('verify', commandLine);
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain(sentence);
    expect(run.err).not.toContain('sécret');
  });

  it('refuses a SPACE_URL without a scheme', async () => {
    const run = await runTool('verify', ['--key', 'k'], { SPACE_URL: 'space' });
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain('"space" is no address of a space');
  });

  it('says that a space is not there, or does not run the probe', async () => {
    const env = { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey };
    const gone = await runTool('verify', ['--url', 'http://127.0.0.1:65535/dev', '--key', 'k'], env);
    expect(gone.code).toBe(2);
    expect(gone.err).toContain('cannot be reached (connect ECONNREFUSED 127.0.0.1:65535)');
    const app = await startApp('bundle');
    const other = await runTool('verify', ['--platform', '--url', app.url, '--key', app.apiKey], env);
    await app.stop();
    expect(other.code).toBe(2);
    expect(other.err).toContain('does not run the probe (404)');
  });
});
