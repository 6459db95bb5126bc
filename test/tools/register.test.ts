import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type App, startApp } from '../app/app';
import { listen } from '../http/listen';
import { domainRoutes } from '../mailgun-api/domains';
import { rateLimit } from '../mailgun-api/rate-limit';
import { type MailgunRoutes, type MailgunServer, startMailgun } from '../mailgun-api/server';
import { signingKeyRoutes } from '../mailgun-api/signing-key';
import { Webhooks } from '../mailgun-api/webhooks';
import { runTool } from './run-tool';

const apiKey = 'api-key-of-the-account';
const accountSigningKey = 'key-3ax6xnjp29jd6fds4gc373sgvjxteol0';
const ids = [
  'accepted',
  'delivered',
  'opened',
  'clicked',
  'unsubscribed',
  'complained',
  'permanent_fail',
  'temporary_fail',
];
const others = ['https://one.example/hook', 'https://two.example/hook', 'https://three.example/hook'];

let app: App;

beforeAll(async () => {
  app = await startApp('bundle');
});
afterAll(() => app.stop());

function urlsOf(url: string): Record<string, string[]> {
  return Object.fromEntries(ids.map((id) => [id, [url]]));
}

/** A Mailgun with these domains in one region. */
async function mailgun(
  domains: string[],
  options: ConstructorParameters<typeof Webhooks>[1] = {},
  before: readonly MailgunRoutes[] = [],
): Promise<{ server: MailgunServer; webhooks: Webhooks; env: Record<string, string> }> {
  const webhooks = new Webhooks(domains, options);
  const server = await startMailgun({
    apiKeys: [apiKey],
    routes: [
      ...before,
      domainRoutes(domains),
      webhooks.routes,
      signingKeyRoutes({ signingKey: accountSigningKey }),
    ],
  });
  onTestFinished(server.stop);
  const env = { MAILGUN_API_KEY: apiKey, MAILGUN_API_URL: server.url, SPACE_URL: app.url };
  return { server, webhooks, env };
}

function webhookUrl(): string {
  return `${app.url}/mailgun/events`;
}

function writes(server: MailgunServer): string[] {
  return server.seen.filter((request) => !request.startsWith('GET '));
}

describe('npm run register', { timeout: 120_000 }, () => {
  it('registers the URL for all eight ids, reads it back, and does nothing the second time', async () => {
    const { server, webhooks, env } = await mailgun(['mg.example.com', 'other.example.com'], {
      staleReads: 2,
    });
    const first = await runTool('register', ['--domain', 'mg.example.com', '--yes'], env);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('mg.example.com: 8 changed, read back.');
    expect(webhooks.of('mg.example.com')).toEqual(urlsOf(webhookUrl()));
    expect(webhooks.of('other.example.com')).toEqual({});

    const written = writes(server).length;
    const second = await runTool('register', ['--domain', 'mg.example.com', '--yes'], env);
    expect(second.code).toBe(0);
    expect(second.out).toContain('Nothing to change.');
    expect(writes(server)).toHaveLength(written);
  });

  it('shows what it would do, and does nothing without a yes', async () => {
    const { server, env } = await mailgun(['mg.example.com']);
    const dry = await runTool('register', ['--domain', 'mg.example.com', '--dry-run'], env);
    expect(dry.code).toBe(0);
    for (const id of ids) expect(dry.out).toMatch(new RegExp(`${id} +\\+ ${webhookUrl()}`));
    const unasked = await runTool('register', ['--domain', 'mg.example.com'], env);
    expect(unasked.code).toBe(2);
    expect(unasked.err).toContain('say --yes');
    expect(writes(server)).toEqual([]);
  });

  it('leaves the URLs of others alone, changes only what differs, and reads entries of old', async () => {
    const { server, webhooks, env } = await mailgun(['mg.example.com'], { legacyUrl: true });
    const [one = '', two = ''] = others;
    webhooks.set('mg.example.com', { delivered: [webhookUrl()], opened: [one], clicked: [one, two] });
    const run = await runTool('register', ['--domain', 'mg.example.com', '--yes'], env);
    expect(run.code).toBe(0);
    expect(webhooks.of('mg.example.com')).toEqual({
      ...urlsOf(webhookUrl()),
      opened: [one, webhookUrl()],
      clicked: [one, two, webhookUrl()],
    });
    expect(writes(server)).toHaveLength(7);
  });

  it('says that three URLs are the limit, and takes away only the one it is told to', async () => {
    const { webhooks, env } = await mailgun(['mg.example.com']);
    webhooks.set('mg.example.com', { clicked: others });
    const full = await runTool('register', ['--domain', 'mg.example.com', '--yes'], env);
    expect(full.code).toBe(1);
    expect(full.out).toContain('limit reached');
    expect(full.out).toContain('--replace URL');
    expect(webhooks.of('mg.example.com')).toEqual({ ...urlsOf(webhookUrl()), clicked: others });

    const [one = '', two = '', three = ''] = others;
    const replaced = await runTool(
      'register',
      ['--domain', 'mg.example.com', '--yes', '--replace', two],
      env,
    );
    expect(replaced.code).toBe(0);
    expect(webhooks.of('mg.example.com').clicked).toEqual([one, three, webhookUrl()]);
  });

  it('takes our URL away again and nothing else', async () => {
    const { webhooks, env } = await mailgun(['mg.example.com']);
    const [one = ''] = others;
    webhooks.set('mg.example.com', { ...urlsOf(webhookUrl()), opened: [one, webhookUrl()] });
    const run = await runTool('register', ['--domain', 'mg.example.com', '--yes', '--remove'], env);
    expect(run.code).toBe(0);
    expect(webhooks.of('mg.example.com')).toEqual({ opened: [one] });
  });

  it('goes through all domains of an account with more than a page of them', async () => {
    const domains = Array.from({ length: 1003 }, (_, index) => `d${index}.example.com`);
    const { webhooks, env, server } = await mailgun(domains);
    for (const domain of domains.slice(0, 1001)) webhooks.set(domain, urlsOf(webhookUrl()));
    const run = await runTool('register', ['--all', '--yes'], env);
    expect(run.code).toBe(0);
    expect(webhooks.of('d1001.example.com')).toEqual(urlsOf(webhookUrl()));
    expect(webhooks.of('d1002.example.com')).toEqual(urlsOf(webhookUrl()));
    expect(writes(server).filter((request) => !/d100[12]\./.test(request))).toEqual([]);
  });

  it('waits as long as Mailgun asks for', async () => {
    const limit = rateLimit(4, 1);
    const { webhooks, env } = await mailgun(['mg.example.com'], {}, [limit.routes]);
    const run = await runTool('register', ['--domain', 'mg.example.com', '--yes'], env);
    expect(run.code).toBe(0);
    expect(limit.refused()).toBeGreaterThan(0);
    expect(run.err).toContain('Mailgun asks to wait 1 s');
    expect(webhooks.of('mg.example.com')).toEqual(urlsOf(webhookUrl()));
  });

  it('registers at the account, with the same care', async () => {
    const { webhooks, env, server } = await mailgun([], { staleReads: 1 });
    const [one = '', two = '', three = ''] = others;
    for (const url of others) webhooks.addToAccount(url, ['clicked', 'opened']);
    const full = await runTool('register', ['--account', '--yes'], env);
    expect(full.code).toBe(1);
    expect(full.out).toContain('limit reached');
    expect(webhooks.account.map(({ url, event_types }) => [url, event_types])).toEqual([
      ...[one, two, three].map((url) => [url, ['clicked', 'opened']]),
      [webhookUrl(), ids.filter((id) => id !== 'clicked' && id !== 'opened')],
    ]);

    const replaced = await runTool('register', ['--account', '--yes', '--replace', one], env);
    expect(replaced.code).toBe(0);
    const urls = webhooks.account.map(({ url }) => url);
    expect(urls).toEqual([two, three, webhookUrl()]);
    expect([...(webhooks.account.at(-1)?.event_types ?? [])].sort()).toEqual([...ids].sort());

    const written = writes(server).length;
    expect((await runTool('register', ['--account', '--yes'], env)).out).toContain('Nothing to change.');
    expect(writes(server)).toHaveLength(written);
    expect((await runTool('register', ['--account', '--yes', '--remove'], env)).code).toBe(0);
    expect(webhooks.account.map(({ url }) => url)).toEqual([two, three]);
  });

  it('shows the signing key only when asked', async () => {
    const { env } = await mailgun(['mg.example.com']);
    const dry = ['--domain', 'mg.example.com', '--dry-run'];
    const hidden = await runTool('register', dry, env);
    expect(hidden.out + hidden.err).not.toContain(accountSigningKey);
    expect(hidden.out + hidden.err).not.toContain(apiKey);
    expect(hidden.out).toContain("npx coho set-env MAILGUN_WEBHOOK_SIGNING_KEY 'key-********' --encrypted");
    const shown = await runTool('register', [...dry, '--show-key'], env);
    expect(shown.out).toContain(
      `npx coho set-env MAILGUN_WEBHOOK_SIGNING_KEY '${accountSigningKey}' --encrypted`,
    );
    const only = await runTool('register', ['--key-only'], env);
    expect(only).toEqual({ code: 0, out: `${accountSigningKey}\n`, err: '' });
  });

  it('says what is wrong with the key, the region and the domain', async () => {
    const us = await mailgun(['us.example.com']);
    const eu = await mailgun(['eu.example.com']);
    const both = { ...us.env, MAILGUN_API_URL_EU: eu.server.url };

    const wrongKey = await runTool('register', ['--domain', 'us.example.com'], {
      ...both,
      MAILGUN_API_KEY: 'another',
    });
    expect(wrongKey).toMatchObject({ code: 2 });
    expect(wrongKey.err).toContain('Mailgun refuses MAILGUN_API_KEY.');
    expect(wrongKey.err).not.toContain('another');

    const wrongRegion = await runTool('register', ['--domain', 'eu.example.com', '--region', 'us'], both);
    expect(wrongRegion.err).toBe('eu.example.com is not in the us region but in eu: add --region eu.\n');
    const rightRegion = await runTool(
      'register',
      ['--domain', 'eu.example.com', '--region', 'eu', '--yes'],
      both,
    );
    expect(rightRegion.code).toBe(0);
    expect(eu.webhooks.of('eu.example.com')).toEqual(urlsOf(webhookUrl()));

    const fromSettings = await runTool('register', ['--dry-run'], {
      ...both,
      MAILGUN_DOMAINS: 'eu:eu.example.com, us.example.com',
    });
    expect(fromSettings.code).toBe(0);
    expect(fromSettings.out).toContain('us.example.com\n');
    expect(fromSettings.out).not.toContain('eu.example.com\n');

    const unknown = await runTool('register', ['--domain', 'nobody.example.com'], both);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toBe(
      'The account has no domain nobody.example.com in the us region. It has us.example.com.\n',
    );

    const gone = await runTool('register', ['--domain', 'us.example.com'], {
      ...both,
      MAILGUN_API_URL: 'http://127.0.0.1:65535',
    });
    expect(gone.code).toBe(2);
    expect(gone.err).toContain("Mailgun's API cannot be reached: connect ECONNREFUSED");
  });

  it('says what is wrong with the URL', async () => {
    const { env, server } = await mailgun(['mg.example.com']);
    const answering: Server = createServer((request, response) => {
      const status = Number(/\/answers\/(\d+)/.exec(request.url ?? '')?.[1] ?? 500);
      response.writeHead(status, { location: '/elsewhere' }).end('{"error":"something"}');
    });
    const { url: origin, stop } = await listen(answering);
    onTestFinished(stop);
    const at = (status: number) => `${origin}/answers/${status}`;
    const expected: [string, string][] = [
      ['http://hooks.example.com/dev', 'is not https'],
      [`${origin.replace('http', 'https')}/dev`, 'cannot be reached'],
      ['http://127.0.0.1:65535/dev', 'cannot be reached (connect ECONNREFUSED 127.0.0.1:65535)'],
      [at(200), 'takes in what is not signed'],
      [at(302), 'redirects (302)'],
      [at(401), 'asks for a key'],
      [at(404), 'is not there'],
      [at(406), 'it is another app'],
      [at(500), 'look into its log'],
      [app.url.replace('/dev', '/prod'), 'is not there'],
    ];
    for (const [url, sentence] of expected) {
      const run = await runTool('register', ['--domain', 'mg.example.com', '--yes', '--url', url], env);
      expect([url, run.code]).toEqual([url, 2]);
      expect(run.err).toContain(sentence);
    }
    const far = await runTool('register', ['--domain', 'mg.example.com', '--yes'], {
      ...env,
      MAILGUN_API_URL: 'https://api.mailgun.invalid',
    });
    expect(far.err).toContain('on this machine, where Mailgun cannot reach it');
    expect(writes(server)).toEqual([]);
  });

  it('registers nothing while the space has no signing key, and shows how to set it', async () => {
    const keyless = await startApp('bundle', { env: {} });
    onTestFinished(() => keyless.stop());
    const { env, server } = await mailgun(['mg.example.com']);
    const run = await runTool('register', ['--domain', 'mg.example.com', '--yes'], {
      ...env,
      SPACE_URL: keyless.url,
    });
    expect(run.code).toBe(2);
    expect(run.out).toContain('npx coho set-env MAILGUN_WEBHOOK_SIGNING_KEY');
    expect(run.err).toContain('the space has no signing key yet');
    expect(writes(server)).toEqual([]);
  });

  it('tells of a change that Mailgun does not show', async () => {
    const { env } = await mailgun(['mg.example.com'], { staleReads: 1000 });
    const run = await runTool('register', ['--domain', 'mg.example.com', '--yes'], env);
    expect(run.code).toBe(1);
    expect(run.out).toContain('8 written, but Mailgun does not show it yet');
  });

  it('refuses a command line with a sentence and code 2', async () => {
    const run = await runTool('register', ['--domain', 'http://x'], {
      MAILGUN_API_KEY: apiKey,
      SPACE_URL: 'https://space.example/dev',
    });
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toBe('"http://x" is no name of a domain, such as mg.example.com.\n');
  });

  it('says that a key cannot be one, that domains are elsewhere, and that it is not Mailgun who answers', async () => {
    const { env } = await mailgun(['mg.example.com']);
    const odd = await runTool('register', ['--all'], { ...env, MAILGUN_API_KEY: 'kéy' });
    expect(odd.code).toBe(2);
    expect(odd.err).toBe('MAILGUN_API_KEY holds characters that no key has: copy it again.\n');
    const elsewhere = await runTool('register', [], { ...env, MAILGUN_DOMAINS: 'eu:eu.example.org' });
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.err).toContain('MAILGUN_DOMAINS has no domain of the us region: add --region eu');
    const other = createServer((_, response) =>
      response.setHeader('content-type', 'application/json').end('{"items":5}'),
    );
    const { url, stop } = await listen(other);
    onTestFinished(stop);
    for (const scope of ['--all', '--account', '--key-only']) {
      const run = await runTool('register', [scope], { ...env, MAILGUN_API_URL: url });
      expect(run.code).toBe(2);
      expect(run.err).toMatch(/answers, but not as Mailgun's API does|answers \d+/);
      expect(run.err.trim().split('\n')).toHaveLength(1);
    }
  });

  it('asks for the key and the URL', async () => {
    const noKey = await runTool('register', ['--all'], { SPACE_URL: 'https://space.example/dev' });
    expect(noKey).toMatchObject({ code: 2, out: '' });
    expect(noKey.err).toContain('Set MAILGUN_API_KEY');
    const noUrl = await runTool('register', ['--all'], { MAILGUN_API_KEY: apiKey });
    expect(noUrl.err).toContain('No URL');
    const several = await runTool('register', ['--all'], {
      MAILGUN_API_KEY: `${apiKey},another`,
      SPACE_URL: 'https://space.example/dev',
    });
    expect(several).toMatchObject({ code: 2, out: '' });
    expect(several.err).toContain('MAILGUN_API_KEY holds several keys');
    expect((await runTool('register', ['--help'])).out).toContain('--replace URL');
  });
});
