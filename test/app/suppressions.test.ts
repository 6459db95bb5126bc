import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type App, event, startApp } from './app';

let app: App;
beforeEach(async () => {
  app = await startApp('bundle');
});
afterEach(() => app.stop());

const call = (...request: Parameters<App['call']>): Promise<Answer> => app.call(...request);

const alice = 'alice@example.com';
const ago = (seconds: number) => Date.now() / 1000 - seconds;
const from = (name: string) => ({ domain: { name } });
const may = async (query: string, email = alice) => {
  const { suppressed, reason } = (await app.get(`/api/suppressions/${email}?${query}`)).body;
  return suppressed ? reason : 'free';
};
const bounced = (fields: object = {}) =>
  event('failed', { severity: 'permanent', reason: 'bounce', timestamp: ago(60), ...fields });
const change = v.object({
  id: v.string(),
  email: v.nullable(v.string()),
  kind: v.string(),
  suppression: v.object({ id: v.string() }),
});
const feed = v.object({ items: v.array(change), next: v.string() });
const changes = async (after = '', limit = 100) =>
  v.parse(feed, (await app.get(`/api/suppressions/changes?after=${after}&limit=${limit}`)).body);

describe('asking', () => {
  it('one who has left the newsletter of one client gets the password reset, and the mail of another', async () => {
    await app.send(event('unsubscribed', { ...from('a.example.com'), tags: ['News'], timestamp: ago(60) }));
    await app.drain();
    expect(await may('domain=a.example.com&tag=news')).toBe('unsubscribed');
    expect(await may('domain=a.example.com&tag=reset')).toBe('free');
    expect(await may('domain=a.example.com&tag=')).toBe('free');
    expect(await may('domain=b.example.com&tag=news')).toBe('free');
    expect(await may('domain=a.example.com')).toBe('unsubscribed');
    expect(await may('')).toBe('unsubscribed');
  });

  it('a mailbox that is dead for one client is dead for all, unless the setting says otherwise', async () => {
    await app.send(bounced(from('a.example.com')));
    await app.drain();
    expect(await may('domain=b.example.com')).toBe('bounced');
  });

  it('each entry is answered exactly once, in whatever spelling', async () => {
    await app.send(bounced({ recipient: 'bob@bücher.example' }));
    await app.drain();
    const spellings = [
      'bob@bücher.example',
      ' BOB@Bücher.Example ',
      'bob@xn--bcher-kva.example',
      'bob@bu\u0308cher.example.',
      'Bob <bob@bücher.example>',
      '"B, B." <bob@xn--bcher-kva.example>',
      '<bob@bücher.example>',
      'mailto:bob@xn--bcher-kva.example?subject=Hi',
      '"bob"@bücher.example',
    ];
    const free = ['carol@example.com', 'carol@example.com'];
    const invalid = ['bob@bücher.example, carol@example.com', 'bob', ''];
    const { body } = await call('POST', '/api/suppressions/check', {
      addresses: [...spellings, ...free, ...invalid],
    });
    expect(body).toMatchObject({
      items: spellings.map((given) => ({ given, email: 'bob@xn--bcher-kva.example', reason: 'bounced' })),
      free,
      invalid: invalid.map((given) => ({ given, detail: expect.stringMatching(/\.$/) })),
      checked: 2,
    });
  });

  it('what a provider says against the sender is doubtful', async () => {
    await app.send(
      bounced({ 'delivery-status': { code: 550, message: '5.7.515 Access denied, sending domain' } }),
    );
    await app.drain();
    expect((await app.get(`/api/suppressions/${alice}`)).body).toMatchObject({
      suppressed: true,
      reason: 'bounced',
      doubtful: true,
      scopes: [{ list: 'bounce', domain: 'mg.example.com', code: '5.7.515', refusedByMailgun: true }],
    });
  });

  it('an unknown field, list or domain is told', async () => {
    for (const [method, path, body] of [
      ['GET', `/api/suppressions/${alice}?domain=no%20domain`, undefined],
      ['GET', `/api/suppressions/${alice}?tags=a`, undefined],
      ['POST', '/api/suppressions/check', { addresses: [], list: 'no address' }],
      ['POST', `/api/suppressions/${alice}/lift`, { list: 'bounces' }],
      ['POST', `/api/suppressions/${alice}/lift`, { scope: '*' }],
      ['POST', `/api/suppressions/${alice}/lift`, { tag: 'a', mailingList: 'a@example.com' }],
      ['POST', '/api/suppressions', { email: 'nobody' }],
      ['POST', '/api/suppressions', { email: alice, list: 'soft' }],
      ['POST', '/api/suppressions', { email: alice, list: 'bounce', tag: 'news' }],
      ['POST', '/api/allowlist', { value: 'not a domain' }],
      ['GET', '/api/suppressions/changes?after=x', undefined],
    ] as const) {
      expect(await call(method, path, body)).toMatchObject({
        status: 400,
        body: { error: 'invalid_parameter', detail: expect.stringMatching(/not accepted|exclude/) },
      });
    }
  });
});

describe('deciding', () => {
  it('lifts one suppression and not the others, and what happens later counts again', async () => {
    await app.send(bounced(from('a.example.com')));
    await app.send(event('unsubscribed', { ...from('a.example.com'), tags: ['news'], timestamp: ago(50) }));
    await app.send(event('unsubscribed', { ...from('a.example.com'), tags: ['offers'], timestamp: ago(40) }));
    await app.drain();
    const lift = { list: 'unsubscribe', domain: 'a.example.com', tag: 'news', by: 'Bob', why: 'Came back.' };
    expect((await call('POST', `/api/suppressions/${alice}/lift`, lift)).body).toMatchObject({
      subscriber: {
        status: 'unsubscribed',
        unsubscribedFrom: ['offers'],
        suppressions: [{ list: 'bounce' }, { scope: 'tag:offers' }],
        decisions: [{ kind: 'lift', scope: 'tag:news', by: 'Bob', why: 'Came back.' }],
      },
    });
    expect(await app.audit()).toEqual([]);
    await app.send(event('unsubscribed', { ...from('a.example.com'), tags: ['news'], timestamp: ago(30) }));
    await app.drain();
    expect((await app.get(`/api/subscribers/${alice}`)).body).toMatchObject({ unsubscribedFrom: ['offers'] });
    await app.send(event('unsubscribed', { ...from('a.example.com'), tags: ['news'], timestamp: ago(-5) }));
    await app.drain();
    expect((await app.get(`/api/subscribers/${alice}`)).body).toMatchObject({
      unsubscribedFrom: ['news', 'offers'],
    });
    expect(await app.audit()).toEqual([]);
  });

  it('adds by hand for a time or for good, also an address that nobody knows', async () => {
    const added = await call('POST', '/api/suppressions', { email: alice, by: 'Bob', why: 'Legal.' });
    expect(added.body).toMatchObject({
      subscriber: {
        status: 'manual',
        doNotEmail: true,
        suppressions: [{ list: 'manual', by: 'Bob', detail: 'Legal.' }],
      },
      mailgun: null,
    });
    await call('POST', '/api/suppressions', { email: 'old@example.com', until: '2020-01-01' });
    expect(await may('')).toBe('manual');
    expect(await may('', 'old@example.com')).toBe('free');
    expect(await app.audit()).toEqual([]);
  });

  it('an allowed domain is suppressed by no bounce', async () => {
    await app.send(bounced());
    await app.drain();
    await call('POST', '/api/allowlist', { value: 'Example.com', by: 'Bob' });
    expect(await may('')).toBe('free');
    expect((await app.get('/api/allowlist')).body).toMatchObject({
      items: [{ value: 'example.com', by: 'Bob' }],
    });
    await call('DELETE', '/api/allowlist/example.com');
    expect(await may('')).toBe('bounced');
  });
});

describe('the feed of changes', () => {
  it('has every change once and in order, wherever one goes on', async () => {
    for (let n = 0; n < 7; n += 1)
      await app.send(event('complained', { recipient: `p${n}@example.com`, timestamp: ago(60) }));
    await app.drain();
    await call('POST', '/api/suppressions/p3@example.com/lift', {});
    await app.drain();
    const all = (await changes()).items;
    expect(all.map(({ email, kind }) => `${email} ${kind}`).sort()).toEqual(
      [...Array.from({ length: 7 }, (_, n) => `p${n}@example.com added`), 'p3@example.com lifted'].sort(),
    );
    expect(all.at(-1)).toMatchObject({ email: 'p3@example.com', kind: 'lifted' });
    const read: unknown[] = [];
    let after = '';
    for (let page = 0; page < 9; page += 1) {
      const { items, next } = await changes(after, 1);
      read.push(...items);
      after = next;
    }
    expect(read).toEqual(all);
    expect((await changes(after)).next).toBe(after);
  });

  it('tells a change once that two publishers have put into it', async () => {
    await app.send(event('complained', { timestamp: ago(60) }));
    await app.drain();
    const { items } = await changes();
    const slot = await app.connection.getOne('suppression_changes', '000000000001');
    await app.connection.insertOne('suppression_changes', { ...slot, _id: '000000000002', claim: 'another' });
    await app.send(event('complained', { recipient: 'bob@example.com', timestamp: ago(60) }));
    await app.drain();
    expect((await changes()).items).toEqual([
      ...items,
      expect.objectContaining({ email: 'bob@example.com', kind: 'added' }),
    ]);
  });

  it('forgets an erased person, but not that something changed', async () => {
    await app.send(event('complained', { timestamp: ago(60) }));
    await app.drain();
    await call('DELETE', `/api/subscribers/${alice}`);
    expect((await changes()).items).toMatchObject([{ email: null, kind: 'added' }]);
  });
});

it('with a salt an erased person is still not written to, and nothing but a hash is left', async () => {
  await app.stop();
  app = await startApp('bundle', {
    env: {
      MAILGUN_WEBHOOK_SIGNING_KEY: 'key-0123456789abcdef0123456789abcdef',
      ERASURE_SALT: 'a'.repeat(32),
    },
  });
  await app.send(event('complained', { timestamp: ago(60) }));
  await app.drain();
  await call('DELETE', `/api/subscribers/${alice}`);
  expect(await may('')).toBe('complained');
  const kept = JSON.stringify(await app.connection.getMany('erased_suppressions', {}).toArray());
  expect(kept).not.toContain('alice');
  await call('POST', `/api/suppressions/${alice}/lift`, {});
  expect(await may('')).toBe('free');
});

it('soft bounces of different mails without a delivery are a pause, which a delivery ends', async () => {
  await app.stop();
  app = await startApp('bundle', {
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: 'key-0123456789abcdef0123456789abcdef', SOFT_BOUNCE_LIMIT: '3' },
  });
  const soft = (n: number) =>
    event('failed', {
      severity: 'temporary',
      timestamp: ago(3600 * n),
      message: { headers: { 'message-id': `m${n}@mg.example.com` } },
    });
  for (const n of [2, 9, 5]) await app.send(soft(n));
  await app.drain();
  expect(await may('')).toBe('soft');
  expect(await app.audit()).toEqual([]);
  await app.send(event('delivered', { timestamp: ago(60) }));
  await app.drain();
  expect(await may('')).toBe('free');
  expect(await app.audit()).toEqual([]);
});
