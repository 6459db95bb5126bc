import * as v from 'valibot';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Connection } from '../../local/connection';
import { idOfKey } from '../../src/store/ids';
import { topics } from '../../src/store/queue';
import { type App, event, kinds } from '../app/app';
import { disturbances, type MailgunAnswer, tooManyRequests } from '../mailgun-api/server';
import {
  backfill,
  postSlice,
  type RecordedMailgun,
  startComparing,
  startRecordedMailgun,
  stateOf,
} from './space';

async function start(
  mailgun: Parameters<typeof startRecordedMailgun>[0] = {},
  ...[kind, options]: Partial<[Parameters<typeof startComparing>[1], Parameters<typeof startComparing>[2]]>
): Promise<RecordedMailgun & { app: App }> {
  const recorded = await startRecordedMailgun(mailgun);
  onTestFinished(recorded.server.stop);
  const app = await startComparing(recorded, kind, { ...options, env: { ...recorded.env, ...options?.env } });
  onTestFinished(() => app.stop());
  return { ...recorded, app };
}

/** An event that happened so many minutes ago. */
function past(minutes: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return event('delivered', { timestamp: Date.now() / 1000 - minutes * 60, tags: ['spring'], ...fields });
}

/** Sets every clock ahead, in milliseconds, until the test is over. */
function passTime(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms, shouldAdvanceTime: true });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

async function delivered(app: App): Promise<unknown> {
  const { body } = await app.get('/api/campaigns/spring');
  return body.delivered ?? 0;
}

async function missed(app: App): Promise<number> {
  return Object.values((await stateOf(app)).missed).reduce((sum, count) => sum + count, 0);
}

describe.each(kinds)('the trust rule, from %s', (kind) => {
  it('leaves what is young for later, and finds what comes late into pages that were read', async () => {
    const { app, record } = await start({}, kind);
    for (const minutes of [90, 80, 70, 60, 25, 15, 5]) record.add(past(minutes));
    for (const minutes of [28, 20, 10]) record.add(past(minutes), true);
    await backfill(app);
    expect(await delivered(app)).toBe(4);
    const [before] = (await stateOf(app)).items;
    expect(Date.parse(before?.checkedUntil ?? '')).toBeLessThanOrEqual(Date.now() - 30 * 60_000);

    record.showLate();
    passTime(3_600_000);
    await backfill(app);
    expect(await delivered(app)).toBe(10);
    expect(await missed(app)).toBe(10);
    expect((await app.get('/api/summary')).body.health).toMatchObject({ lastBackfillAt: expect.any(String) });
  });

  it('a webhook that comes after all is known, and was late', async () => {
    const { app, record } = await start({}, kind);
    const late = past(60);
    record.add(late);
    await backfill(app);
    expect((await app.send(late)).body).toMatchObject({ duplicate: true });
    await app.drain();
    expect([await delivered(app), await missed(app)]).toEqual([1, 1]);
    expect(await app.audit()).toEqual([]);
  });
});

it('keeps what it brings to the letter', async () => {
  const pages = disturbances(({ url }) => url.pathname.endsWith('/events'));
  const { app } = await start({ before: [pages.routes] });
  const row = `{ "event":"delivered", "id":"letter", "timestamp": ${Math.floor(Date.now() / 1000) - 3600}.10,
    "recipient":"letter@example.com","size":12345678901234567890,"twice":1,"twice":2}`;
  pages.next({ status: 200, bytes: Buffer.from(`{"paging":{}, "items": [ ${row} ]}`) });
  await backfill(app);
  const { body } = await app.get('/api/events');
  const { key } = v.parse(v.object({ items: v.tuple([v.object({ key: v.string() })]) }), body).items[0];
  expect((await app.get(`/api/events/${key}`)).body).toMatchObject({ source: 'backfill', raw: row });
});

it('counts as missed only what Mailgun sends webhooks for', async () => {
  const { app, record } = await start();
  record.add(past(60, { event: 'rejected', recipient: undefined }));
  record.add(past(61, { event: 'list_uploaded', recipient: undefined }));
  record.add(past(62, { event: 'opened' }));
  // Calls of the owner's own URLs, copies of a route and tests are no mail that a webhook should have told of.
  for (const flag of ['is-callback', 'is-routed', 'is-test-mode'])
    record.add(
      past(63, { event: 'failed', severity: 'permanent', reason: 'bounce', flags: { [flag]: true } }),
    );
  await backfill(app);
  expect(await missed(app)).toBe(1);
  expect((await app.get('/api/summary')).body.totals).toMatchObject({
    rejected: 1,
    opens: 1,
    failures: 0,
    webhookFailures: 1,
    forwarded: 1,
    tests: 1,
  });
  expect(await app.audit()).toEqual([]);
});

it('goes on where a failure of the storage stopped it, and loses and doubles nothing', async () => {
  const fault = { isOn: true, inserts: 0 };
  const wrapConnection = (connection: Connection): Connection => ({
    ...connection,
    insertOne: async (collection, document) => {
      if (fault.isOn && collection === 'email_events') {
        fault.inserts += 1;
        if (fault.inserts > 7) throw new Error('The storage is out of order');
      }
      return connection.insertOne(collection, document);
    },
  });
  const { app, record } = await start({}, 'bundle', { wrapConnection });
  for (let minutes = 60; minutes < 80; minutes += 1) record.add(past(minutes));
  await backfill(app);
  const [stopped] = (await stateOf(app)).items;
  expect(stopped?.lastError).toMatch(/^The storage failed/);
  // Two pages of three are stored; the third was not finished, so the cursor stands before it.
  expect(Date.parse(stopped?.checkedUntil ?? '')).toBeLessThan(Date.now() - 73 * 60_000);

  fault.isOn = false;
  await backfill(app);
  expect([await delivered(app), await missed(app)]).toEqual([20, 20]);
  expect((await stateOf(app)).items).toMatchObject([{ lastError: null }]);
  expect(await app.audit()).toEqual([]);
});

it('two runs at once and slices beside them end as one run does', async () => {
  const { app, record, server } = await start();
  for (let minutes = 60; minutes < 90; minutes += 1) record.add(past(minutes));
  await Promise.all([backfill(app), backfill(app)]);
  expect(server.seen.filter((request) => request.includes('?begin='))).toHaveLength(1);
  for (let minutes = 100; minutes < 130; minutes += 1) record.add(past(minutes));
  const from = new Date(Date.now() - 4 * 3_600_000).toISOString();
  const slice = () => postSlice(app, { domain: 'mg.example.com', from });
  const slices = await Promise.all([slice(), slice(), slice()]);
  for (const { status, body } of slices) {
    expect(status).toBe(200);
    expect(body).toMatchObject({ seen: 60, next: null, problem: null });
  }
  await app.drain();
  expect([await delivered(app), await missed(app)]).toEqual([60, 60]);
  expect(await app.audit()).toEqual([]);
});

it('begins anew behind what is stored when a page of the record cannot be turned any more', async () => {
  const { app, record } = await start();
  for (let minutes = 60; minutes < 70; minutes += 1) record.add(past(minutes));
  const now = Date.now();
  const body = { domain: 'mg.example.com', from: new Date(now - 7_200_000).toISOString() };
  await backfill(app);
  await app.connection.updateOne('backfill_cursors', idOfKey('mg.example.com', 'any'), {
    $set: {
      rest: JSON.stringify({
        domain: 'mg.example.com',
        begin: now / 1000 - 1800,
        end: now / 1000,
        page: { account: 0, api: 'events', from: 0, token: '/Z29uZQ' },
      }),
    },
  });
  record.add(past(25));
  passTime(3_600_000);
  await backfill(app);
  expect(await delivered(app)).toBe(11);
  expect((await postSlice(app, body)).body).toMatchObject({ seen: 11, known: 11, added: {} });
});

const disturbed: ReadonlyArray<readonly [string, MailgunAnswer, RegExp]> = [
  ['a limit', tooManyRequests(120), /asks to wait 120 seconds/],
  ['an error of its own', { status: 503 }, /Mailgun answered 503/],
  ['a cut connection', { cut: 'never' }, /did not answer/],
  ['half an answer', { cut: 'half', body: { items: [] } }, /did not answer/],
  ['nonsense', { status: 200, body: 'hello' }, /something else than a page/],
];

it.each(disturbed)(
  '%s in the middle of the pages is told, and the next run goes on',
  async (name, answer, told) => {
    let pages = 0;
    const mailgun = disturbances(({ url }) => url.pathname.includes('/events') && ++pages === 3);
    const { app, record, server } = await start({ before: [mailgun.routes] });
    for (let minutes = 60; minutes < 80; minutes += 1) record.add(past(minutes));
    mailgun.next(answer);
    await backfill(app);
    const [item] = (await stateOf(app)).items;
    expect(item?.lastError).toMatch(told);
    expect(await delivered(app)).toBe(6);

    const asked = server.seen.length;
    if (name !== 'nonsense') {
      // Mailgun has asked for a pause, or has trouble: it is not asked meanwhile.
      await backfill(app);
      expect(server.seen).toHaveLength(asked);
      await app.connection.updateOne('backfill_cursors', 'lease', { $set: { heldUntil: 0 } });
    }
    await backfill(app);
    expect([await delivered(app), await missed(app)]).toEqual([20, 20]);
    expect((await stateOf(app)).items).toMatchObject([{ lastError: null }]);
  },
);

it('goes on by itself when a short pause is over, and asks nobody before', async () => {
  let pages = 0;
  const mailgun = disturbances(({ url }) => url.pathname.includes('/events') && ++pages === 3);
  const { app, record, server } = await start({ before: [mailgun.routes] });
  for (let minutes = 60; minutes < 80; minutes += 1) record.add(past(minutes));
  mailgun.next(tooManyRequests(2));
  await backfill(app);
  expect(await delivered(app)).toBe(6);
  const asked = server.seen.length;
  await backfill(app);
  expect(server.seen).toHaveLength(asked);
  await expect.poll(() => app.connection.count('email_events', {}), { timeout: 30_000 }).toBe(20);
});

it('waits while too many events wait for their effects, since webhooks come first', async () => {
  let isHeld = true;
  // No event is worked on.
  const wrapConnection = (connection: Connection): Connection => ({
    ...connection,
    enqueue: async (topic, payload) =>
      isHeld && topic === topics.process
        ? connection.enqueue('nobody', payload)
        : connection.enqueue(topic, payload),
  });
  const { app, record } = await start({}, 'bundle', { env: { MAX_PENDING_EVENTS: '16' }, wrapConnection });
  for (let minutes = 60; minutes < 80; minutes += 1) record.add(past(minutes));
  const from = new Date(Date.now() - 7_200_000).toISOString();
  const { body } = await postSlice(app, { domain: 'mg.example.com', from });
  // A quarter of sixteen is reached with the second page, while the third is under way.
  expect(body).toMatchObject({
    seen: 9,
    problem: { detail: expect.stringMatching(/^Too many events wait/) },
  });
  expect(body.next).not.toBeNull();
  expect((await app.send(event('opened'))).status).toBe(200);
  isHeld = false;
});

it('an odd row does not hold up the others, and what cannot be told from its copy is left out', async () => {
  const mailgun = disturbances(({ url }) => url.pathname.includes('/events'));
  const { app } = await start({ before: [mailgun.routes] });
  const { id: _, ...withoutId } = past(60);
  const { timestamp: __, ...withoutTime } = past(61);
  let nested: unknown = 'deep';
  for (let depth = 0; depth < 100; depth += 1) nested = { nested };
  const odd = ['text', null, 7, [], {}, withoutId, withoutTime, past(62, { event: 5 }), past(63, { nested })];
  mailgun.next({
    status: 200,
    body: { items: [...odd, past(64, { tags: 'spring', recipient: 7 }), past(65)] },
  });
  await backfill(app);
  expect((await stateOf(app)).items).toMatchObject([{ lastError: null }]);
  expect((await app.get('/api/summary')).body.totals).toMatchObject({ delivered: 2 });
  expect(await app.audit()).toEqual([]);
});

it('tells of a wrong key, an unknown domain and a wrong setting', async () => {
  const wrongKey = await start({}, 'bundle', { env: { MAILGUN_API_KEY: 'wrong' } });
  await backfill(wrongKey.app);
  expect((await stateOf(wrongKey.app)).items[0]?.lastError).toMatch(/refuses MAILGUN_API_KEY/);
  expect(JSON.stringify(wrongKey.app.log)).not.toContain('api:wrong');

  const unknown = await start({}, 'bundle', { env: { MAILGUN_DOMAINS: 'mg.example.com,other.example.com' } });
  unknown.record.add(past(60));
  await backfill(unknown.app);
  const [known, other] = (await stateOf(unknown.app)).items;
  expect([known?.lastError, other?.lastError]).toEqual([
    null,
    'Mailgun knows no domain other.example.com: check MAILGUN_DOMAINS, and the region of the domain.',
  ]);
  expect(await delivered(unknown.app)).toBe(1);

  // One that was never compared is behind since it was to be, not unseen.
  const metrics = await (
    await fetch(`${wrongKey.app.url}/metrics`, { headers: { 'x-apikey': wrongKey.app.apiKey } })
  ).text();
  expect(metrics).toMatch(/^mailgun_backfill_delay_seconds\{domain="mg\.example\.com"\} \d/m);

  const slip = await start({}, 'bundle', { env: { MAILGUN_DOMAINS: 'not a domain' } });
  await backfill(slip.app);
  expect(await stateOf(slip.app)).toMatchObject({
    configured: false,
    problem: expect.stringMatching(/^MAILGUN_DOMAINS must be domains/),
  });
});

it('brings nothing back that is older than what is kept', async () => {
  const { app, record } = await start({}, 'bundle', {
    env: { EVENT_RETENTION_DAYS: '2', BACKFILL_DAYS: '30' },
  });
  record.add(past(60));
  record.add(past(4 * 24 * 60));
  await backfill(app);
  await app.runJobs();
  expect(await app.connection.count('email_events', {})).toBe(1);
  expect(await app.audit()).toEqual([]);
});

it('without a key asks nobody, and says so', async () => {
  const { app, server } = await start({}, 'bundle', { env: { MAILGUN_API_KEY: '' } });
  await backfill(app);
  expect(server.seen).toEqual([]);
  expect(await stateOf(app)).toMatchObject({ configured: false, problem: null });
  const slice = { domain: 'mg.example.com', from: '2026-01-01' };
  expect(await postSlice(app, slice)).toMatchObject({ status: 400, body: { error: 'not_configured' } });
});

it.each([
  [{ from: '2026-01-01' }, 'domain'],
  [{ domain: 'no domain', from: '2026-01-01' }, 'domain'],
  [{ domain: 'mg.example.com' }, 'from'],
  [{ domain: 'mg.example.com', from: 'yesterday' }, 'from'],
  [{ domain: 'mg.example.com', from: '2999-01-01' }, 'from'],
  [{ domain: 'mg.example.com', from: '2026-01-02', to: '2026-01-01' }, 'from'],
  [{ domain: 'mg.example.com', from: '2026-01-01', cursor: 'x' }, 'cursor'],
  [
    {
      domain: 'mg.example.com',
      from: '2026-01-01',
      cursor: Buffer.from(
        JSON.stringify({
          domain: 'mg.example.com',
          begin: 0,
          end: 1,
          page: { account: 0, api: 'events', from: 0, token: '/../../../v5/accounts/http_signing_key' },
        }),
      ).toString('base64url'),
    },
    'cursor',
  ],
  [{ domain: 'mg.example.com', from: '2026-01-01', other: 1 }, 'other'],
])('a slice refuses %j and names %s', async (body, name) => {
  const { app, server } = await start();
  const answer = await postSlice(app, body);
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_parameter' } });
  expect(answer.body.detail).toContain(`The parameter ${name} `);
  expect(server.seen).toEqual([]);
});
