import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { idOfKey } from '../../src/store/ids';
import { type App, event, type Kind, kinds, signingKey, startApp } from '../app/app';
import { domainRoutes } from '../mailgun-api/domains';
import { disturbances, startMailgun, tooManyRequests } from '../mailgun-api/server';
import { type Suppressions, suppressionRoutes } from '../mailgun-api/suppressions';

const domain = 'mg.example.com';
const alice = 'alice@example.com';
const listed = (address: string, fields: object = {}) => ({
  address,
  created_at: 'Mon, 04 May 2026 03:02:01 UTC',
  ...fields,
});

/** A Mailgun with these lists, and an app that compares with them when it is told to. */
async function start(
  lists: Suppressions,
  options: Parameters<typeof suppressionRoutes>[1] = {},
  kind: Kind = 'bundle',
) {
  const trouble = disturbances();
  const mailgun = await startMailgun({
    apiKeys: ['api-key'],
    routes: [trouble.routes, domainRoutes(Object.keys(lists)), suppressionRoutes(lists, options)],
  });
  onTestFinished(mailgun.stop);
  const app = await startApp(kind, {
    env: {
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
      MAILGUN_API_KEY: 'api-key',
      MAILGUN_API_URL: mailgun.url,
      MAILGUN_DOMAINS: Object.keys(lists).join(),
    },
  });
  app.stopClock();
  onTestFinished(() => app.stop());
  return { app, call: app.call, mailgun, trouble, lists };
}

type Call = Awaited<ReturnType<typeof start>>['call'];
const step = v.object({
  done: v.boolean(),
  problem: v.nullable(v.object({ detail: v.string(), retrySeconds: v.nullable(v.number()) })),
});

/** What `npm run suppressions -- pull` does, without its pauses. */
async function pull(call: Call): Promise<string[]> {
  const since = new Date().toISOString();
  const problems: string[] = [];
  for (let round = 0; round < 40; round += 1) {
    const { done, problem } = v.parse(step, (await call('POST', '/api/suppressions/pull', { since })).body);
    if (problem !== null) {
      problems.push(problem.detail);
      await new Promise((resolve) => setTimeout(resolve, 1100));
    }
    if (done) return problems;
  }
  throw new Error(`The comparison does not end: ${problems.join(' ')}`);
}

const may = async (app: App, email: string, query = '') => {
  const { suppressed, reason } = (await app.get(`/api/suppressions/${email}${query}`)).body;
  return suppressed ? reason : 'free';
};
const differences = v.object({
  items: v.array(v.object({ email: v.string(), list: v.string(), scope: v.string(), side: v.string() })),
  next: v.nullable(v.string()),
});
async function diff(app: App): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `?cursor=${cursor}`;
    const read = v.parse(differences, (await app.get(`/api/suppressions/differences${query}`)).body);
    found.push(...read.items.map(({ email, list, scope, side }) => `${side}: ${email} ${list} ${scope}`));
    cursor = read.next;
  }
  return found;
}

describe.each(kinds)('the first import, from %s', (kind) => {
  it("brings what was listed before, page by page, with what Mailgun's error says of it", async () => {
    const { app, call } = await start(
      {
        [domain]: {
          bounces: [
            listed('Gone@Example.com', { code: '550', error: '5.1.1 No such user' }),
            listed('good@outlook.com', { code: '550', error: '5.7.515 Access denied' }),
            listed('no address'),
            ...Array.from({ length: 20 }, (_, n) => listed(`b${n}@example.com`)),
          ],
          unsubscribes: [listed('left@example.com', { tags: ['News', 'a, b'] })],
          complaints: [listed('angry@example.com', { count: 2 })],
          whitelists: [{ value: 'friends.example', type: 'domain', reason: 'Ours.' }],
        },
      },
      { maxPage: 3 },
      kind,
    );
    expect(await pull(call)).toEqual([]);
    expect(await may(app, 'gone@example.com')).toBe('bounced');
    expect((await app.get('/api/suppressions/good@outlook.com')).body).toMatchObject({
      doubtful: true,
      scopes: [{ source: 'mailgun', code: '5.7.515', provider: 'Outlook', refusedByMailgun: true }],
    });
    expect(await may(app, 'left@example.com', `?domain=${domain}&tag=news`)).toBe('unsubscribed');
    expect(await may(app, 'left@example.com', `?domain=${domain}&tag=a, b`)).toBe('unsubscribed');
    expect(await may(app, 'left@example.com', `?domain=${domain}&tag=reset`)).toBe('free');
    expect(await may(app, 'angry@example.com')).toBe('complained');
    await app.send(
      event('failed', { severity: 'permanent', reason: 'bounce', recipient: 'x@friends.example' }),
    );
    await app.drain();
    expect(await may(app, 'x@friends.example', `?domain=${domain}`)).toBe('free');
    expect((await app.get('/api/suppressions/lists')).body).toMatchObject({
      configured: true,
      items: expect.arrayContaining([
        expect.objectContaining({ list: 'bounce', seen: 22, added: 22, isRunning: false }),
      ]),
    });
    expect(await diff(app)).toEqual([]);
    expect(await app.audit()).toEqual([]);
  });
});

describe('the comparison of every night', () => {
  it('adds what is new, lifts what was removed, and leaves what has happened since', async () => {
    const { app, call, lists } = await start({
      [domain]: {
        bounces: [listed(alice), listed('bob@example.com')],
        unsubscribes: [listed('carol@example.com', { tags: ['news', 'offers'] })],
      },
    });
    await pull(call);
    lists[domain] = {
      bounces: [listed('dave@example.com')],
      unsubscribes: [listed('carol@example.com', { tags: ['offers'] })],
    };
    // Bob bounces again while the list does not show it yet.
    await app.send(
      event('failed', { severity: 'permanent', reason: 'bounce', recipient: 'bob@example.com' }),
    );
    await app.drain();
    await pull(call);
    expect(await may(app, alice)).toBe('free');
    expect(await may(app, 'bob@example.com')).toBe('bounced');
    expect(await may(app, 'dave@example.com')).toBe('bounced');
    expect(await may(app, 'carol@example.com', `?domain=${domain}&tag=news`)).toBe('free');
    expect(await may(app, 'carol@example.com', `?domain=${domain}&tag=offers`)).toBe('unsubscribed');
    expect((await app.get(`/api/subscribers/${alice}`)).body).toMatchObject({
      decisions: [{ kind: 'lift', source: 'mailgun' }],
    });
    expect(await app.audit()).toEqual([]);
    const before = (await app.get(`/api/subscribers/${alice}`)).body;
    await pull(call);
    expect((await app.get(`/api/subscribers/${alice}`)).body).toEqual(before);
  });

  it('does not believe a page that misses an entry, nor an answer that is not a page', async () => {
    let isHidden = false;
    const { app, call, trouble } = await start(
      { [domain]: { bounces: [listed(alice), listed('bob@example.com')] } },
      { late: (address) => isHidden && address === alice },
    );
    await pull(call);
    isHidden = true;
    trouble.next(
      tooManyRequests(1),
      { cut: 'never' },
      { cut: 'half', body: { items: [] } },
      { status: 500 },
      { status: 404, body: { message: 'Domain not found' } },
      { status: 200, body: { items: 'none' } },
    );
    expect((await pull(call)).length).toBeGreaterThanOrEqual(4);
    expect(await may(app, alice)).toBe('bounced');
    expect(await may(app, 'bob@example.com')).toBe('bounced');
  });

  it('shows what only one side has', async () => {
    const { app, call } = await start({ [domain]: { bounces: [listed('bob@example.com')] } });
    await app.send(event('complained', { recipient: alice, timestamp: Date.now() / 1000 - 3600 }));
    await app.drain();
    await pull(call);
    await app.connection.updateOne('mailgun_lists', idOfKey(`${domain}|bounce|bob@example.com`, 'any'), {
      $set: { address: 'eve@example.com' },
    });
    expect(await diff(app)).toEqual([`here: ${alice} complaint *`, 'mailgun: eve@example.com bounce *']);
  });

  it('the cron job does the first import by itself, and nothing more until the night', async () => {
    const { app, mailgun } = await start({ [domain]: { bounces: [listed(alice)] } });
    await app.runJobs('2-59/5 * * * *');
    expect(await may(app, alice)).toBe('bounced');
    const asked = mailgun.seen.length;
    await app.runJobs('2-59/5 * * * *');
    expect(mailgun.seen.length).toBe(asked);
  });
});

describe('deciding here', () => {
  it('is done at Mailgun too, with its scope', async () => {
    const { app, call, lists } = await start({
      [domain]: {
        bounces: [listed(alice)],
        unsubscribes: [listed(alice, { tags: ['news', 'offers'] })],
      },
      'other.example.com': { bounces: [listed(alice)] },
    });
    await pull(call);
    const lift = { list: 'unsubscribe', domain, tag: 'news' };
    expect((await call('POST', `/api/suppressions/${alice}/lift`, lift)).body).toMatchObject({
      mailgun: { removed: ['unsubscribes'] },
    });
    expect(lists[domain]).toMatchObject({
      unsubscribes: [{ tags: ['offers'] }],
      bounces: [{ address: alice }],
    });
    await call('POST', `/api/suppressions/${alice}/lift`, { list: 'bounce', domain });
    expect(lists[domain]?.bounces).toEqual([]);
    expect(lists['other.example.com']?.bounces).toHaveLength(1);
    expect(await may(app, alice, `?domain=${domain}&tag=news`)).toBe('bounced');
    await pull(call);
    expect((await app.get(`/api/subscribers/${alice}`)).body).toMatchObject({
      suppressions: [{ id: 'bounce|other.example.com|*' }, { id: `unsubscribe|${domain}|tag:offers` }],
    });
    const add = { email: 'new@example.com', list: 'unsubscribe', domain, tag: 'Sport', mailgun: true };
    expect((await call('POST', '/api/suppressions', add)).body).toMatchObject({
      mailgun: { detail: expect.stringContaining(domain) },
    });
    expect(lists[domain]?.unsubscribes).toContainEqual(
      expect.objectContaining({ address: 'new@example.com', tags: ['sport'] }),
    );
    await pull(call);
    expect(await diff(app)).toEqual([]);
    expect(await app.audit()).toEqual([]);
  });

  it('lifts a block in one step, here and at Mailgun, and nobody else', async () => {
    const blocked = Array.from({ length: 30 }, (_, n) =>
      listed(`p${n}@outlook.com`, { code: '550', error: '5.7.515 Access denied' }),
    );
    const { app, call, lists } = await start({
      [domain]: {
        bounces: [...blocked, listed('gone@outlook.com', { code: '550', error: '5.1.1 No such user' })],
      },
    });
    await pull(call);
    const [block] = v.parse(
      v.object({ items: v.array(v.looseObject({ addresses: v.number() })) }),
      (await app.get('/api/suppressions/doubtful')).body,
    ).items;
    expect(block).toEqual({ day: '2026-05-04', provider: 'Outlook', code: '5.7.515', addresses: 30 });
    const { addresses: _, ...named } = block ?? { addresses: 0 };
    expect((await call('POST', '/api/suppressions/doubtful/lift', { ...named, by: 'Bob' })).body).toEqual({
      lifted: 30,
      mailgun: null,
      problem: null,
      next: null,
    });
    expect(lists[domain]?.bounces).toMatchObject([{ address: 'gone@outlook.com' }]);
    expect(await may(app, 'p7@outlook.com')).toBe('free');
    expect(await may(app, 'gone@outlook.com')).toBe('bounced');
    await pull(call);
    expect(await may(app, 'p7@outlook.com')).toBe('free');
    expect(await app.audit()).toEqual([]);
  });
});

it('a table of your own is imported with a report line by line, and can be imported again', async () => {
  const { app, call } = await start({ [domain]: {} });
  const csv = [
    '\uFEFFEmail,List,Domain,Tag,Since,Why',
    '"B, B." <bob@example.com>,complaint,,,2024-02-03,',
    '"""C"" <carol@example.com>",unsubscribe,mg.example.com,"a, b",,"two',
    'lines"',
    'dave,,,,,',
    'eve@example.com,spam,,,,',
    'frank@example.com,,,,tomorrow,',
    'gina@example.com,,no domain,,,',
    '',
    'henry@example.com,,,,,',
  ].join('\r\n');
  const { body } = await call('POST', '/api/suppressions/import', {
    csv,
    by: 'Bob',
    why: 'From the old system.',
  });
  expect(body).toMatchObject({ added: 2, known: 0, invalid: 5 });
  expect(await may(app, 'henry@example.com')).toBe('manual');
  expect(body.items).toMatchObject([
    { line: 2, result: 'invalid' },
    { line: 3, email: 'carol@example.com', result: 'added' },
    { line: 5, given: 'dave', result: 'invalid', detail: expect.stringMatching(/mail address/) },
    { line: 6, result: 'invalid' },
    { line: 7, result: 'invalid', detail: expect.stringMatching(/no time/) },
    { line: 8, result: 'invalid', detail: expect.stringMatching(/domain/) },
    { line: 10, email: 'henry@example.com', result: 'added' },
  ]);
  expect((await call('POST', '/api/suppressions/import', { csv })).body).toMatchObject({
    added: 0,
    known: 2,
  });
  expect(await may(app, 'carol@example.com', `?domain=${domain}&tag=a, b`)).toBe('unsubscribed');
  expect(await app.audit()).toEqual([]);
});
