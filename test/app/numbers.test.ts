import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, event, startApp } from './app';

const now = Math.floor(Date.now() / 1000) - 3600;
const week = 7 * 86_400;
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

const listed = v.object({
  items: v.array(v.object({ timestamp: v.number(), occurredAt: v.string(), receivedAt: v.string() })),
});

let app: App;
beforeAll(async () => {
  app = await startApp('bundle');
});
afterAll(() => app.stop());

const campaign = async (tag: string) => (await app.get(`/api/campaigns/${tag}`)).body;

it('a mailing of 10 with 6 delivered, 2 bounced and 2 suppressed has the rates of Mailgun', async () => {
  const send = (type: string, n: number, data: object = {}) =>
    app.send(event(type, { tags: ['ten'], recipient: `ten-${n}@example.com`, timestamp: now + n, ...data }));
  for (const n of [1, 2, 3, 4, 5, 6])
    await send('delivered', n, { 'delivery-status': { 'attempt-no': n === 6 ? 2 : 1 } });
  const failed = (n: number, reason: string) => send('failed', n, { severity: 'permanent', reason });
  await failed(7, 'bounce');
  await failed(8, 'generic');
  await failed(9, 'suppress-bounce');
  await failed(10, 'suppress-unsubscribe');
  // None of these is mail of the campaign to a recipient.
  const flagged = (n: number, flag: string) =>
    send('failed', n, { severity: 'permanent', reason: 'bounce', flags: { [flag]: true } });
  await flagged(11, 'is-callback');
  await flagged(12, 'is-routed');
  await flagged(13, 'is-test-mode');
  await app.drain();
  expect(await campaign('ten')).toMatchObject({
    delivered: 6,
    deliveredFirstAttempt: 5,
    deliveredTwoPlusAttempts: 1,
    failures: 4,
    permanentFailures: 4,
    bounced: 2,
    hardBounces: 1,
    softBounces: 1,
    suppressedFailures: 2,
    suppressedBounces: 1,
    suppressedUnsubscribes: 1,
    processed: 10,
    sent: 8,
    webhookFailures: 1,
    forwarded: 1,
    tests: 1,
    rates: { bounce: 0.2, delivery: 0.75, permanentFail: 0.4, delayed: 1 / 6 },
  });
});

it('one person who opens four weekly mails of a tag is one person and four unique opens', async () => {
  for (const n of [0, 1, 2, 3]) {
    const mail = {
      tags: ['weekly'],
      recipient: 'reader@gmail.com',
      message: { headers: { 'message-id': `weekly-${n}@mg.example.com` } },
    };
    await app.send(event('delivered', { ...mail, timestamp: now - n * week }));
    await app.send(event('opened', { ...mail, timestamp: now - n * week + 60 }));
    await app.send(event('opened', { ...mail, timestamp: now - n * week + 90 }));
  }
  await app.drain();
  expect(await campaign('weekly')).toMatchObject({
    delivered: 4,
    opens: 8,
    uniqueOpens: 4,
    peopleOpened: 1,
    rates: { open: 2, uniqueOpen: 1, complaintCoverage: 0 },
  });
});

it('a mailbox stands in one row of providers, whether Mailgun names the provider or not', async () => {
  const mail = { recipient: 'one@hotmail.com', timestamp: now };
  await app.send(event('accepted', { ...mail }));
  await app.send(event('delivered', { ...mail, 'recipient-provider': 'Microsoft' }));
  await app.send(event('complained', { ...mail, 'recipient-provider': 'Hotmail' }));
  // A delayed bounce names no domain of the recipient.
  const delayed = {
    flags: { 'is-delayed-bounce': true },
    'recipient-domain': '',
    'recipient-provider': 'Other',
  };
  await app.send(event('failed', { ...mail, ...delayed, severity: 'permanent', reason: 'generic' }));
  await app.drain();
  const { body } = await app.get('/api/summary');
  expect(body.providers).toContainEqual(
    expect.objectContaining({
      provider: 'Outlook',
      totals: expect.objectContaining({ accepted: 1, delivered: 1, complaints: 1, delayedBounces: 1 }),
    }),
  );
  expect(JSON.stringify(body.providers)).not.toMatch(/Microsoft|Hotmail/);
});

it('an unsubscribe and a complaint without tags count for the campaigns of their message, whichever comes first', async () => {
  const mail = (n: number) => ({
    recipient: `leaver-${n}@example.com`,
    timestamp: now,
    message: { headers: { 'message-id': `leave-${n}@mg.example.com` } },
  });
  const sent = (n: number) => app.send(event('delivered', { ...mail(n), tags: ['leave'] }));
  await sent(1);
  await app.drain();
  await app.send(event('unsubscribed', { ...mail(1), tags: ['*'] }));
  await app.send(event('complained', { ...mail(2), tags: [] }));
  await app.send(event('unsubscribed', { ...mail(3), tags: [] }));
  await app.drain();
  expect(await campaign('leave')).toMatchObject({ delivered: 1, unsubscribes: 1, complaints: 0 });
  await sent(2);
  await sent(3);
  await app.drain();
  expect(await campaign('leave')).toMatchObject({ delivered: 3, unsubscribes: 2, complaints: 1 });
});

it('a complaint without tags counts for every tag that its message has, however many events named them', async () => {
  const mail = {
    recipient: 'often@example.com',
    message: { headers: { 'message-id': 'often@mg.example.com' } },
  };
  const tags = Array.from({ length: 60 }, (_, n) => `often-${n}`);
  for (const [n, tag] of tags.entries())
    await app.send(event('opened', { ...mail, tags: [tag], timestamp: now + n }));
  await app.drain();
  await app.send(event('complained', { ...mail, tags: [], timestamp: now + 100 }));
  await app.drain();
  for (const tag of tags) expect(await campaign(tag)).toMatchObject({ complaints: 1 });
});

it('tags are one whatever their case', async () => {
  const recipient = 'case@example.com';
  await app.send(event('delivered', { recipient, tags: ['Spring', 'SPRING'], timestamp: now }));
  await app.send(event('complained', { recipient, tags: ['spring'], timestamp: now }));
  await app.drain();
  for (const tag of ['Spring', 'spring'])
    expect(await campaign(tag)).toMatchObject({ tag: 'spring', delivered: 1, complaints: 1 });
});

it('an event that says a time far off is one of when it came in: it leads no list, and no first or last is of it', async () => {
  const recipient = 'far@example.com';
  const messageId = 'far@mg.example.com';
  const at = (time: string) => Date.parse(time) / 1000;
  const send = (timestamp: number) =>
    app.send(
      event('delivered', {
        recipient,
        tags: ['far'],
        timestamp,
        message: { headers: { 'message-id': messageId } },
      }),
    );
  const began = new Date().toISOString();
  const times = ['2018-05-01T10:00:00Z', '2100-01-01T00:00:00Z', '9999-12-31T23:59:59Z'].map(at);
  for (const time of times) await send(time);
  await send(now);
  await send(now + 10_000);
  await app.drain();

  const { firstEventAt, lastEventAt, days, delivered, trend } = await campaign('far');
  expect(
    Object.keys(Object(days)).every((day) => day >= began.slice(0, 10) || day === iso(now).slice(0, 10)),
  ).toBe(true);
  expect([delivered, firstEventAt, lastEventAt]).toEqual([5, iso(now), iso(now + 10_000)]);
  expect(JSON.stringify(trend)).not.toMatch(/2018|2100|9999/);
  const person = (await app.get(`/api/subscribers/${recipient}`)).body;
  expect([person.firstEventAt, person.lastEventAt]).toEqual([firstEventAt, lastEventAt]);

  const story = v.parse(listed, { items: person.events }).items;
  const ofMessage = (await app.get(`/api/messages/${messageId}`)).body;
  const path = v.parse(
    v.object({ recipients: v.tuple([v.object({ events: listed.entries.items })]) }),
    ofMessage,
  ).recipients[0].events;
  const newest = v.parse(listed, (await app.get('/api/events?tag=far')).body).items;
  for (const list of [story, [...path].reverse(), newest]) {
    expect([list[0]?.timestamp, list.at(-1)?.timestamp]).toEqual([now + 10_000, now]);
    expect(
      list
        .slice(1, -1)
        .map(({ timestamp }) => timestamp)
        .sort((a, b) => a - b),
    ).toEqual(times);
    expect(list.slice(1, -1).every(({ occurredAt, receivedAt }) => occurredAt === receivedAt)).toBe(true);
  }
});

it('the audit of all this finds nothing, and ends', async () => {
  expect(await app.audit()).toEqual([]);
});
