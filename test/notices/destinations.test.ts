import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, event, signingKey, startApp } from '../app/app';
import { accountKey } from '../backfill/space';
import { type MailgunServer, startMailgun } from '../mailgun-api/server';
import { type Receiver, startReceiver } from './receiver';
import { addDestination, deliveriesOf, secret, sendEvents, startTelling, untilOver } from './space';

let app: App;
let receiver: Receiver;
let mailgun: MailgunServer;
const mails: { path: string; body: string }[] = [];
const paths = {
  slack: '/services/T000/B000/SlackSecretToken',
  teams: '/workflows/abc?sig=TeamsSecretToken',
  configured: '/services/T000/B000/ConfiguredToken',
};
const otherSecret = 'whsec_b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldC0xMjM0';

beforeAll(async () => {
  receiver = await startReceiver();
  mailgun = await startMailgun({
    apiKeys: [accountKey],
    routes: [
      ({ method, url, body }) => {
        if (method !== 'POST' || !url.pathname.endsWith('/messages')) return null;
        mails.push({ path: url.pathname, body: body.toString() });
        return { status: 200, body: { id: '<x>', message: 'Queued. Thank you.' } };
      },
    ],
  });
  app = await startTelling({
    MAILGUN_API_KEY: accountKey,
    MAILGUN_DOMAINS: 'mg.example.com',
    MAILGUN_API_URL: mailgun.url,
    ALERT_DESTINATIONS: JSON.stringify([
      {
        name: 'from the settings',
        kind: 'slack',
        url: receiver.url + paths.configured,
        filter: { kinds: ['event'], tags: ['configured'] },
      },
    ]),
  });
  app.stopClock();
});
afterAll(async () => {
  await app.stop();
  await receiver.stop();
  await mailgun.stop();
});

const events = (tag: string) => ({ kinds: ['event'], tags: [tag] });
const list = v.object({
  items: v.array(v.looseObject({ id: v.string(), name: v.string() })),
  problem: v.nullable(v.string()),
});
const destinations = async (space = app) => v.parse(list, (await space.get('/api/destinations')).body);

describe('each kind tells a notice in its own way', () => {
  const hostile = {
    tags: ['kinds'],
    recipient: 'kinds@example.com',
    message: { headers: { subject: '<!channel> <b>&' } },
  };

  it('Slack, Teams and a mail of Mailgun', async () => {
    const slack = await addDestination(app, {
      kind: 'slack',
      url: receiver.url + paths.slack,
      filter: events('kinds'),
    });
    const teams = await addDestination(app, {
      kind: 'teams',
      url: receiver.url + paths.teams,
      filter: events('kinds'),
    });
    const mail = await addDestination(app, {
      kind: 'email',
      to: ['ops@example.com', 'Second <second@example.com>'],
      from: 'Alerts <alerts@mg.example.com>',
      domain: 'mg.example.com',
      filter: events('kinds'),
    });
    await app.send(event('delivered', hostile));
    await app.drain();
    for (const id of [slack, teams, mail]) await untilOver(app, id, 1);
    expect(JSON.parse(receiver.at(paths.slack)[0]?.body ?? '')).toMatchObject({
      text: 'delivered: kinds@example.com',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'delivered: kinds@example.com' } },
        {
          type: 'section',
          text: { text: expect.stringContaining('Subject: &lt;!channel&gt; &lt;b&gt;&amp;') },
        },
        { type: 'context' },
      ],
    });
    expect(JSON.parse(receiver.at(paths.teams)[0]?.body ?? '')).toMatchObject({
      type: 'message',
      attachments: [
        { contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } },
      ],
    });
    expect(mails).toHaveLength(1);
    const [{ path, body } = { path: '', body: '' }] = mails;
    expect(path).toBe('/v3/mg.example.com/messages');
    const form = await new Response(body, {
      headers: { 'content-type': `multipart/form-data; boundary=${body.slice(2, body.indexOf('\r\n'))}` },
    }).formData();
    expect(form.getAll('to')).toEqual(['ops@example.com', 'Second <second@example.com>']);
    expect(form.get('from')).toBe('Alerts <alerts@mg.example.com>');
    expect(form.get('subject')).toBe('delivered: kinds@example.com');
    expect(form.get('o:tag')).toBe('mailgun-webhook-handler-alert');
    expect(form.get('h:Message-Id')).toMatch(
      /^<mailgun-webhook-handler-alert\.msg_[0-9a-f]{32}@mg\.example\.com>$/,
    );
    expect(form.get('text')).toContain('Subject: <!channel> <b>&');
    expect(form.get('html')).toContain('&lt;!channel&gt; &lt;b&gt;&amp;');
  });

  it('a test reaches the one that it is for, whatever its filter says', async () => {
    const { items } = await destinations();
    const teams = items.find(({ kind }) => kind === 'teams');
    const { status, body } = await app.call('POST', `/api/destinations/${teams?.id}/test`);
    expect(status).toBe(200);
    await untilOver(app, String(teams?.id), 2);
    expect(await deliveriesOf(app, String(teams?.id))).toMatchObject([
      { key: body.key, kind: 'test', state: 'delivered' },
      { kind: 'event' },
    ]);
    expect(receiver.at(paths.teams)[1]?.body).toContain('Test of the destination a destination');
    expect(receiver.at(paths.slack)).toHaveLength(1);
  });
});

describe('destinations of the settings', () => {
  it('are told, shown, tested, and changed only there', async () => {
    const { items } = await destinations();
    const id = items.find(({ source }) => source === 'settings')?.id ?? '';
    await sendEvents(app, 'configured', 2);
    await untilOver(app, id, 2);
    expect(receiver.at(paths.configured)).toHaveLength(2);
    expect((await app.call('POST', `/api/destinations/${id}/test`)).status).toBe(200);
    await untilOver(app, id, 3);
    for (const method of ['PUT', 'DELETE']) {
      const { status, body } = await app.call(method, `/api/destinations/${id}`, {});
      expect(status).toBe(400);
      expect(body.detail).toContain('ALERT_DESTINATIONS');
    }
  });
});

describe('a destination is changed', () => {
  it('without its secrets, which stay', async () => {
    const url = `${receiver.url}/first-address-of-it`;
    const id = await addDestination(app, { kind: 'webhook', url, secret, filter: events('change') });
    const changed = await app.call('PUT', `/api/destinations/${id}`, {
      name: 'renamed',
      filter: events('change2'),
    });
    expect(changed.body).toMatchObject({ id, name: 'renamed', filter: events('change2'), ending: 'f-it' });
    await sendEvents(app, 'change', 1);
    await sendEvents(app, 'change2', 1);
    await untilOver(app, id, 1);
    expect(receiver.at('/first-address-of-it')).toHaveLength(1);
    await app.call('PUT', `/api/destinations/${id}`, { url: `${receiver.url}/second` });
    await sendEvents(app, 'change2', 1, { recipient: 'again@example.com' });
    await untilOver(app, id, 2);
    expect(receiver.at('/second')).toHaveLength(1);
    expect((await app.call('DELETE', `/api/destinations/${id}`)).body).toEqual({ id, removed: true });
    expect((await app.get(`/api/destinations/${id}/deliveries`)).status).toBe(404);
    expect(JSON.stringify(await app.connection.getMany('destination_secrets').toArray())).not.toContain(
      '/second',
    );
    expect(await app.connection.count('deliveries', { destination: id })).toBe(0);
  });
});

it.each<[string, object, RegExp]>([
  ['no name', { name: '', kind: 'slack', url: 'https://hooks.slack.com/x' }, /name/],
  ['no kind', { kind: 'pager', url: 'https://example.com' }, /kind.*slack, teams, webhook or email/],
  ['no URL', { kind: 'slack' }, /url/],
  ['another scheme', { kind: 'slack', url: 'ftp://example.com/x' }, /url.*https/],
  ['a password in the URL', { kind: 'slack', url: 'https://a:b@example.com/x' }, /url.*password/],
  ['no secret', { kind: 'webhook', url: 'https://example.com/x' }, /secret/],
  [
    'a short secret',
    { kind: 'webhook', url: 'https://example.com/x', secret: 'whsec_YWJj' },
    /secret.*24 to 64/,
  ],
  [
    'no prefix',
    { kind: 'webhook', url: 'https://example.com/x', secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
    /secret.*whsec_/,
  ],
  ['an unknown field', { kind: 'slack', url: 'https://example.com/x', channel: '#ops' }, /channel/],
  [
    'a wrong filter',
    { kind: 'slack', url: 'https://example.com/x', filter: { kinds: ['alerts'] } },
    /filter\.kinds/,
  ],
  [
    'types without events',
    { kind: 'slack', url: 'https://example.com/x', filter: { eventTypes: ['failed'] } },
    /kind event/,
  ],
  ['no address', { kind: 'email', to: [], from: 'a@mg.example.com', domain: 'mg.example.com' }, /to/],
  [
    'two addresses in one',
    { kind: 'email', to: ['a@x.org, b@x.org'], from: 'a@mg.example.com', domain: 'mg.example.com' },
    /to/,
  ],
  [
    'headers',
    { kind: 'email', to: ['a@x.org'], from: 'a@x.org\r\nBcc: b@x.org', domain: 'mg.example.com' },
    /from/,
  ],
  ['another domain', { kind: 'email', to: ['a@x.org'], from: 'a@mg.example.com', domain: '../v4' }, /domain/],
])('%s is refused with a sentence', async (_, fields, sentence) => {
  const { status, body } = await app.call('POST', '/api/destinations', { name: 'wrong', ...fields });
  expect(status).toBe(400);
  expect(body.detail).toMatch(sentence);
});

it('answers, pages and logs show no secret', async () => {
  await addDestination(app, {
    kind: 'webhook',
    url: `${receiver.url}/with-a-long-path/tail`,
    secret: otherSecret,
  });
  const { items } = await destinations();
  const answers = [JSON.stringify(items), app.log.map(({ text }) => text).join('\n')];
  for (const { id } of items)
    answers.push(JSON.stringify((await app.get(`/api/destinations/${id}/deliveries`)).body));
  for (const shown of answers)
    for (const one of [
      'SecretToken',
      'ConfiguredToken',
      secret,
      otherSecret,
      'with-a-long-path',
      'ops@example.com',
    ])
      expect(shown).not.toContain(one);
  expect(items.find(({ ending }) => ending === 'tail')).toMatchObject({ host: new URL(receiver.url).host });
});

describe('without a permission for private destinations', () => {
  let strict: App;
  beforeAll(async () => {
    strict = await startApp('bundle', {
      env: {
        MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
        ALERT_DESTINATIONS: JSON.stringify(
          [
            receiver.url,
            receiver.url.replace('http', 'https'),
            receiver.url.replace('127.0.0.1', '2130706433'),
          ].map((url, at) => ({
            name: `inside ${at}`,
            kind: 'slack',
            url: `${url}/inside`,
            filter: { kinds: ['event'] },
          })),
        ),
      },
    });
  });
  afterAll(() => strict.stop());

  it.each([
    'http://example.com/x',
    'https://127.0.0.1/x',
    'https://2130706433/x',
    'https://0x7f.1/x',
    'https://[::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://localhost/x',
    'https://169.254.169.254/latest/meta-data',
    'https://metadata.google.internal/x',
  ])('%s is not taken', async (url) => {
    const { status, body } = await strict.call('POST', '/api/destinations', {
      name: 'inside',
      kind: 'slack',
      url,
    });
    expect(status).toBe(400);
    expect(body.detail).toContain('ALERT_ALLOW_PRIVATE_DESTINATIONS=yes');
  });

  it('one of the settings is never asked, and its deliveries say why', async () => {
    await sendEvents(strict, 'inside', 1);
    const { items, problem } = await destinations(strict);
    expect(problem).toBeNull();
    expect(items).toHaveLength(3);
    for (const { id } of items) {
      const [delivery] = await untilOver(strict, id, 1);
      expect(delivery).toMatchObject({ state: 'dead', attempts: 1, lastStatus: null });
      expect(delivery?.lastError).toContain('ALERT_ALLOW_PRIVATE_DESTINATIONS=yes');
    }
    expect(receiver.at('/inside')).toEqual([]);
  });
});
