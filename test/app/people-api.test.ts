import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startMailgun } from '../mailgun-api/server';
import { type Suppressions, suppressionRoutes } from '../mailgun-api/suppressions';
import { type Answer, type App, dayAgo, event, sign, signingKey, startApp } from './app';

const items = v.object({ items: v.array(v.record(v.string(), v.unknown())), next: v.nullable(v.string()) });

let app: App;
beforeEach(async () => {
  app = await startApp('bundle');
});
afterEach(() => app.stop());

const call = (...request: Parameters<App['call']>): Promise<Answer> => app.call(...request);
const list = async (path: string) => v.parse(items, (await app.get(path)).body).items;

const alice = 'alice@example.com';
const ago = (seconds: number) => Date.now() / 1000 - seconds;

describe('reactivating an address', () => {
  it('lets nothing that happened before count against it, in whatever order it comes in', async () => {
    await app.send(event('unsubscribed', { timestamp: ago(60), tags: ['*'] }));
    await app.send(event('failed', { severity: 'permanent', reason: 'bounce', timestamp: ago(50) }));
    await app.drain();
    expect((await app.get(`/api/subscribers/${alice}`)).body).toMatchObject({ status: 'unsubscribed' });

    const { status, body } = await call('POST', `/api/subscribers/${alice}/reactivate`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      subscriber: {
        status: 'active',
        doNotEmail: false,
        bounceDate: null,
        unsubscribedFrom: [],
        reactivatedAt: expect.stringMatching(/^2/),
      },
      mailgun: { removed: [], detail: expect.stringContaining('MAILGUN_API_KEY') },
    });

    await app.send(event('complained', { timestamp: ago(40) }));
    await app.drain();
    expect((await app.get(`/api/suppressions/${alice}`)).body).toMatchObject({ suppressed: false });
    expect(await app.audit()).toEqual([]);

    await app.send(event('complained', { timestamp: ago(-1) }));
    await app.drain();
    expect((await app.get(`/api/suppressions/${alice}`)).body).toMatchObject({ reason: 'complained' });
    expect(await app.audit()).toEqual([]);
  });

  it('keeps what happened after that moment', async () => {
    await app.send(event('complained', { timestamp: ago(-200) }));
    await app.drain();
    expect((await call('POST', `/api/subscribers/${alice}/reactivate`)).body).toMatchObject({
      subscriber: { status: 'complained' },
    });
  });

  it('of an unknown one is 404', async () => {
    expect(await call('POST', '/api/subscribers/nobody@example.com/reactivate')).toMatchObject({
      status: 404,
    });
  });
});

describe('reactivating an address with a key of Mailgun', () => {
  it("removes it from Mailgun's own lists, and says so when that cannot be done", async () => {
    const lists: Suppressions = {
      'mg.example.com': { bounces: [{ address: alice }], complaints: [{ address: alice }] },
    };
    const mailgun = await startMailgun({ apiKeys: ['api-key'], routes: [suppressionRoutes(lists)] });
    await app.stop();
    const env = { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, MAILGUN_API_URL: mailgun.url };
    try {
      app = await startApp('bundle', { env: { ...env, MAILGUN_API_KEY: 'api-key' } });
      await app.send(event('complained', { timestamp: ago(60) }));
      await app.drain();
      expect((await call('POST', `/api/subscribers/${alice}/reactivate`)).body).toMatchObject({
        mailgun: { removed: ['bounces', 'complaints'] },
      });
      expect(lists['mg.example.com']).toEqual({ bounces: [], complaints: [] });
      await app.stop();

      app = await startApp('bundle', { env: { ...env, MAILGUN_API_KEY: 'wrong-key' } });
      await app.send(event('complained', { timestamp: ago(60) }));
      await app.drain();
      expect((await call('POST', `/api/subscribers/${alice}/reactivate`)).body).toMatchObject({
        subscriber: { status: 'active' },
        mailgun: { removed: [], detail: expect.stringContaining('MAILGUN_API_KEY') },
      });
    } finally {
      await mailgun.stop();
    }
  });
});

describe('erasing a person', () => {
  it('leaves nothing of them anywhere, and every number as it was', async () => {
    const recipient = 'Secret.Person@corp.example';
    const known = {
      recipient,
      tags: ['welcome'],
      message: { headers: { 'message-id': 'secret-id@mg', subject: 'Dear Secret Person' } },
      'user-variables': { name: 'Secret Person' },
    };
    await app.send(event('delivered', known));
    await app.send(event('opened', { ...known, ip: '198.51.100.77', geolocation: { city: 'Secretville' } }));
    await app.send(event('opened', { ...known, ip: '198.51.100.77' }));
    await app.send(
      event('clicked', { ...known, url: 'https://example.com/?user=secret.person@corp.example' }),
    );
    await app.send(
      event('failed', {
        ...known,
        severity: 'permanent',
        reason: 'bounce',
        'delivery-status': { code: 550, message: 'no such user secret.person@corp.example' },
      }),
    );
    await app.send(event('opened', { tags: ['welcome'] }));
    await app.drain();
    const campaign = (await app.get('/api/campaigns/welcome')).body;

    expect(await call('DELETE', `/api/subscribers/${encodeURIComponent(recipient)}`)).toEqual({
      status: 200,
      body: { erased: true, events: 5 },
    });

    for (const collection of Object.values(await everything())) {
      expect(collection.toLowerCase()).not.toMatch(/secret|198\.51\.100\.77|corp\.example/);
    }
    expect((await app.get(`/api/subscribers/${recipient}`)).status).toBe(404);
    expect(await app.audit()).toEqual([]);
    expect(await app.audit(true)).toEqual([]);
    await app.drain();
    expect((await app.get('/api/campaigns/welcome')).body).toEqual(campaign);
    expect((await list('/api/subscribers')).map(({ email }) => email)).toEqual([alice]);
    expect(await call('DELETE', `/api/subscribers/${recipient}`)).toMatchObject({ status: 404 });
  });

  it('does not bring anybody back when Mailgun tells of an old event again', async () => {
    const told = event('complained');
    const signature = sign();
    await app.send(told, signature);
    await app.drain();
    await call('DELETE', `/api/subscribers/${alice}`);
    expect((await app.send(told)).body).toMatchObject({ duplicate: true });
    await app.drain();
    expect((await app.get(`/api/subscribers/${alice}`)).status).toBe(404);
  });

  /** Every document of every collection, as text. */
  async function everything(): Promise<Record<string, string>> {
    const texts: Record<string, string> = {};
    for (const name of [
      'email_events',
      'subscribers',
      'engagements',
      'campaign_stats',
      'breakdown_stats',
      'stat_buckets',
      'suppression_changes',
      'mailgun_lists',
    ])
      texts[name] = JSON.stringify(await app.connection.getMany(name, {}).toArray());
    return texts;
  }
});

it('many addresses are checked at once, each as it was given', async () => {
  const since = `${dayAgo(90)}T00:00:00.000Z`;
  await app.send(event('complained', { timestamp: Date.parse(since) / 1000 }));
  await app.send(event('delivered', { recipient: 'bob@example.com' }));
  await app.drain();
  const addresses = [' ALICE@example.com', 'bob@example.com', 'nobody@example.com', 'not an address'];
  expect(await call('POST', '/api/suppressions/check', { addresses })).toEqual({
    status: 200,
    body: {
      items: [
        {
          given: ' ALICE@example.com',
          email: alice,
          reason: 'complained',
          since,
          doubtful: false,
          scopes: [expect.objectContaining({ id: 'complaint|mg.example.com|*', source: 'webhook' })],
        },
      ],
      free: ['bob@example.com', 'nobody@example.com'],
      next: null,
      checked: 3,
      invalid: [{ given: 'not an address', detail: expect.stringContaining('not one mail address') }],
    },
  });
  const many = Array.from({ length: 1000 }, (_, n) => (n === 999 ? alice : `p${n}@example.com`));
  expect((await call('POST', '/api/suppressions/check', { addresses: many })).body).toMatchObject({
    checked: 1000,
    items: [{ email: alice }],
  });
  for (const wrong of [
    { addresses: [...many, alice] },
    { addresses: [{ $ne: 1 }] },
    {},
    { addresses: [], x: 1 },
  ]) {
    expect(await call('POST', '/api/suppressions/check', wrong)).toMatchObject({
      status: 400,
      body: { error: 'invalid_parameter' },
    });
  }
});

it('addresses are found by their beginning, and followed by their changes', async () => {
  for (const name of ['anna', 'anton', 'berta'])
    await app.send(event('delivered', { recipient: `${name}@example.com` }));
  await app.drain();
  const emails = async (query: string) => (await list(`/api/subscribers?${query}`)).map(({ email }) => email);
  expect(await emails('search=AN')).toEqual(['anna@example.com', 'anton@example.com']);
  expect(await emails('search=an&status=bounced')).toEqual([]);
  const last = String((await list('/api/subscribers?changedSince=2026-01-01')).at(-1)?.changedAt);
  await app.send(event('complained', { recipient: 'anna@example.com', timestamp: ago(3600) }));
  await app.drain();
  const changes = await list(`/api/subscribers?changedSince=${encodeURIComponent(last)}`);
  expect(changes.at(-1)).toMatchObject({ email: 'anna@example.com', status: 'complained' });
});

it('an address has its story, newest first and in pages', async () => {
  const keys: unknown[] = [];
  for (const n of [3, 2, 1]) keys[n] = (await app.send(event('opened', { timestamp: ago(n * 60) }))).body.id;
  await app.drain();
  const story = v.object({ events: v.array(v.object({ key: v.string() })), next: v.nullable(v.string()) });
  const page = v.parse(story, (await app.get(`/api/subscribers/${alice}?limit=2`)).body);
  expect(page.events.map(({ key }) => key)).toEqual([keys[1], keys[2]]);
  const rest = v.parse(story, (await app.get(`/api/subscribers/${alice}?limit=2&cursor=${page.next}`)).body);
  expect(rest.events.map(({ key }) => key)).toEqual([keys[3]]);
});

it('a message has its path, recipient by recipient, and an event its original', async () => {
  const message = { headers: { 'message-id': 'm7@mg.example.com', subject: 'Hello' } };
  await app.send(event('accepted', { message, timestamp: ago(30), tags: ['t'] }));
  const sent = event('delivered', { message, timestamp: ago(20), odd: { $set: 1 } });
  const { body } = await app.send(sent);
  await app.send(event('delivered', { message, timestamp: ago(10), recipient: 'bob@example.com' }));
  await app.drain();
  expect((await app.get('/api/messages/%3Cm7@mg.example.com%3E')).body).toMatchObject({
    messageId: 'm7@mg.example.com',
    subject: 'Hello',
    domain: 'mg.example.com',
    tags: ['t'],
    recipients: [
      { recipient: alice, events: [{ event: 'accepted' }, { event: 'delivered' }] },
      { recipient: 'bob@example.com', events: [{ event: 'delivered' }] },
    ],
    next: null,
  });
  const stored = (await app.get(`/api/events/${encodeURIComponent(String(body.id))}`)).body;
  expect(JSON.parse(String(stored.raw))).toEqual(sent);
  expect((await app.get('/api/messages/none')).status).toBe(404);
  expect((await app.get('/api/events/none')).status).toBe(404);
});

it('events are found by domain, classification and time', async () => {
  await app.send(event('failed', { severity: 'permanent', reason: 'bounce', timestamp: ago(86_400) }));
  await app.send(event('delivered', { domain: { name: 'Other.example.com' } }));
  const count = async (query: string) => (await list(`/api/events?${query}`)).length;
  expect(await count('domain=other.example.com')).toBe(1);
  expect(await count('classification=bounce')).toBe(1);
  expect(await count(`from=${new Date(ago(3600) * 1000).toISOString()}`)).toBe(1);
  expect(await count(`to=${new Date(ago(3600) * 1000).toISOString()}`)).toBe(1);
  expect((await app.get('/api/events?classification=bad')).status).toBe(400);
});
