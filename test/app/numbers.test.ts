import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, event, startApp } from './app';

const now = Math.floor(Date.now() / 1000) - 3600;
const week = 7 * 86_400;

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
  await app.drain();
  const { body } = await app.get('/api/summary');
  expect(body.providers).toContainEqual(
    expect.objectContaining({
      provider: 'Outlook',
      totals: expect.objectContaining({ accepted: 1, delivered: 1, complaints: 1 }),
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

it('tags are one whatever their case', async () => {
  const recipient = 'case@example.com';
  await app.send(event('delivered', { recipient, tags: ['Spring', 'SPRING'], timestamp: now }));
  await app.send(event('complained', { recipient, tags: ['spring'], timestamp: now }));
  await app.drain();
  for (const tag of ['Spring', 'spring'])
    expect(await campaign(tag)).toMatchObject({ tag: 'spring', delivered: 1, complaints: 1 });
});

it('times far off are counted on their day, and neither lead a list nor spoil the first and last event', async () => {
  const recipient = 'far@example.com';
  const send = (time: string) =>
    app.send(event('delivered', { recipient, tags: ['far'], timestamp: Date.parse(time) / 1000 }));
  const times = ['2018-05-01T10:00:00Z', '2100-01-01T00:00:00Z', '9999-12-31T23:59:59Z'];
  for (const time of times) await send(time);
  await send(new Date(now * 1000).toISOString());
  await app.drain();
  const { firstEventAt, lastEventAt, days } = await campaign('far');
  expect(days).toMatchObject({
    '2018-05-01': { delivered: 1 },
    '2100-01-01': { delivered: 1 },
    '9999-12-31': { delivered: 1 },
  });
  expect(Date.parse(String(firstEventAt))).toBe(now * 1000);
  expect(Math.abs(Date.parse(String(lastEventAt)) - Date.now())).toBeLessThan(600_000);
  const person = (await app.get(`/api/subscribers/${recipient}`)).body;
  expect([person.firstEventAt, String(person.lastEventAt) < '2100']).toEqual([firstEventAt, true]);
  const newest = (await app.get('/api/events?limit=1')).body;
  expect(JSON.stringify(newest)).not.toContain('"occurredAt":"9999');
  expect(JSON.stringify((await app.get('/api/events?from=2100-01-01&to=9999-12-31')).body)).toContain(
    '9999-12-31',
  );
});

it('the audit of all this finds nothing, and ends', async () => {
  expect(await app.audit()).toEqual([]);
});
