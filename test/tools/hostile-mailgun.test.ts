import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { listDomains } from '../../src/mailgun/domains';
import { readEventPage } from '../../src/mailgun/event-pages';
import { readListPage } from '../../src/mailgun/list-pages';
import { MailgunProblem, requestMailgun } from '../../src/mailgun/request';
import { type MailgunSettings, readMailgunSettings } from '../../src/settings/settings';
import { startComparing, startRecordedMailgun } from '../backfill/space';
import { listen } from '../http/listen';
import { domainRoutes } from '../mailgun-api/domains';
import { misbehaviours, sentOn } from '../mailgun-api/misbehaviours';
import { type MailgunRoutes, type MailgunServer, startMailgun } from '../mailgun-api/server';
import { signingKeyRoutes } from '../mailgun-api/signing-key';
import { runTool } from './run-tool';

const apiKey = 'api-key-of-the-account';
const domain = 'mg.example.com';

async function mailgun(
  ...routes: MailgunRoutes[]
): Promise<{ server: MailgunServer; settings: MailgunSettings }> {
  const server = await startMailgun({ apiKeys: [apiKey], routes });
  onTestFinished(server.stop);
  const read = readMailgunSettings({ MAILGUN_API_KEY: apiKey, MAILGUN_API_URL: server.url });
  if ('problem' in read) throw new Error(read.problem);
  return { server, settings: read.settings };
}

/** Runs `npm run register` against a Mailgun. */
function register(server: MailgunServer, ...commandLine: string[]) {
  const env = {
    MAILGUN_API_KEY: apiKey,
    MAILGUN_API_URL: server.url,
    SPACE_URL: 'https://space.example/dev',
  };
  return runTool('register', commandLine, env);
}

const range = { domain, begin: 0, end: 10_000, page: null };

it.each(['domainsAgain', 'domainsWithoutEnd'] as const)(
  'a list of domains comes to its end: %s',
  async (name) => {
    const { server, settings } = await mailgun(misbehaviours[name]);
    await expect(listDomains(settings)).rejects.toThrow('Mailgun gives the list of domains without an end');
    expect(server.seen.length).toBeLessThanOrEqual(100);
    const run = await register(server, '--all', '--remove');
    expect(run).toMatchObject({ code: 2, out: '' });
    expect(run.err).toContain('Mailgun gives the list of domains without an end');
  },
);

it('a page of events that is its own next one is told and not read for ever', async () => {
  const { settings } = await mailgun(misbehaviours.samePage);
  const first = await readEventPage(settings, range);
  await expect(readEventPage(settings, { ...range, page: first.next })).rejects.toThrow(MailgunProblem);
});

it.each(Object.keys(misbehaviours).filter((name) => name.startsWith('nextPage')))(
  'no page leads to another route: %s',
  async (name) => {
    const route: MailgunRoutes | undefined = Object.entries(misbehaviours).find(([one]) => one === name)?.[1];
    const { server, settings } = await mailgun(...(route ? [route] : []));
    await expect(readEventPage(settings, range)).rejects.toThrow('Mailgun names a page of its record');
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatch(/^GET \/v3\/mg\.example\.com\/events\?begin=0/);
  },
);

it.each([
  '/v3/mg.example.com/bounces/..',
  '/v3/mg.example.com/bounces/%2e%2e',
  '/v3/mg.example.com/events/.%2E/bounces',
  '/v3/..\\v4/domains',
])('no request is sent whose address means another one: %s', async (path) => {
  const { server, settings } = await mailgun();
  const access = { base: server.url, apiKey: settings.apiKeys[0] ?? '' };
  await expect(requestMailgun(access, 'DELETE', path)).rejects.toThrow('its address leads to another place');
  expect(server.seen).toEqual([]);
});

it.each(['zeros', 'large'] as const)('an answer that is too large is not taken in: %s', async (name) => {
  const { settings } = await mailgun(misbehaviours[name]);
  const sentence = 'Mailgun did not answer: its answer has more than 16777216 bytes.';
  await expect(listDomains(settings)).rejects.toThrow(sentence);
  await expect(readEventPage(settings, range)).rejects.toThrow(sentence);
  await expect(readListPage(settings, domain, 'bounce', null)).rejects.toThrow(sentence);
});

it('waits that cannot be are not waited for', async () => {
  for (const name of ['longWait', 'oddWait'] as const) {
    const { settings } = await mailgun(misbehaviours[name]);
    await expect(listDomains(settings)).rejects.toMatchObject({ retryAfterSeconds: 60 });
  }
});

it('nothing is asked of an address that an answer names, and no key of a stranger is printed', async () => {
  const stranger = await startMailgun({
    apiKeys: [apiKey],
    routes: [signingKeyRoutes({ signingKey: 'key-of-a-stranger' })],
  });
  onTestFinished(stranger.stop);
  const { server, settings } = await mailgun(sentOn(stranger.url));
  await expect(listDomains(settings)).rejects.toThrow('sends on to another address (307)');
  const run = await register(server, '--key-only');
  expect(run).toMatchObject({ code: 2, out: '' });
  expect(run.err).toContain('sends on to another address (307)');
  expect(stranger.seen).toEqual([]);
});

it('what is no key is not printed as one', async () => {
  const { server } = await mailgun(signingKeyRoutes({ signingKey: 'key-$(reboot)\u001b[2J' }));
  const run = await register(server, '--key-only');
  expect(run).toMatchObject({ code: 2, out: '' });
});

it('a list of suppressions in a circle is told after few pages', async () => {
  const { server, settings } = await mailgun(misbehaviours.listCircle);
  const read = async () => {
    let page: Awaited<ReturnType<typeof readListPage>>['next'] = null;
    do {
      ({ next: page } = await readListPage(settings, domain, 'bounce', page));
      expect(JSON.stringify(page).length).toBeLessThan(300);
    } while (page !== null);
  };
  await expect(read()).rejects.toThrow('Mailgun gives the pages of the list of mg.example.com in a circle.');
  expect(server.seen.length).toBeLessThan(10);
});

it('`npm run suppressions -- pull` says so, and what was read is stored', async () => {
  const recorded = await startRecordedMailgun();
  onTestFinished(recorded.server.stop);
  const { server } = await mailgun(domainRoutes([domain]), misbehaviours.listCircle);
  const app = await startComparing({
    ...recorded,
    env: { ...recorded.env, MAILGUN_API_KEY: apiKey, MAILGUN_API_URL: server.url, MAILGUN_DOMAINS: domain },
  });
  onTestFinished(() => app.stop());
  const run = await runTool('suppressions', ['pull', '--url', app.url, '--api-key', app.apiKey]);
  expect(run).toMatchObject({ code: 1, out: expect.stringContaining('in a circle') });
  expect(server.seen.length).toBeLessThan(60);
  expect((await app.get('/api/suppressions/a1@example.com')).body).toMatchObject({ suppressed: true });
});

it('a space in a circle is followed by no command', async () => {
  const { url, stop } = await listen(
    createServer((request, response) => {
      request.resume();
      const audited = { items: [], part: 'days', checked: 1, skipped: [] };
      response.end(JSON.stringify({ ...audited, next: 'the same again' }));
    }),
  );
  onTestFinished(stop);
  for (const line of [['audit'], ['suppressions', 'diff']]) {
    const [tool = '', ...words] = line;
    const run = await runTool(tool, [...words, '--url', url, '--api-key', 'key']);
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('in a circle') });
  }
});

it('a record in a circle ends the run with a sentence', async () => {
  const recorded = await startRecordedMailgun();
  onTestFinished(recorded.server.stop);
  const { server } = await mailgun(misbehaviours.circle);
  const app = await startComparing({
    ...recorded,
    env: { ...recorded.env, MAILGUN_API_KEY: apiKey, MAILGUN_API_URL: server.url },
  });
  onTestFinished(() => app.stop());
  const asked = { domain, from: '1970-01-01T00:00:00Z', to: '1970-01-02T00:00:00Z' };
  const { body } = await app.call('POST', '/api/backfill', asked);
  expect(body.problem).toMatchObject({ detail: 'Mailgun gives the pages of its record in a circle.' });
  expect(server.seen.length).toBeLessThan(10);
});
