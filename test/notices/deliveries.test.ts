import { Webhook } from 'standardwebhooks';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, event } from '../app/app';
import { type Receiver, startReceiver } from './receiver';
import { addDestination, deliveriesOf, secret, sendEvents, startTelling, untilOver } from './space';

let app: App;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  app = await startTelling();
});
afterAll(async () => {
  await app.stop();
  await receiver.stop();
});

const message = v.object({
  type: v.string(),
  timestamp: v.string(),
  data: v.looseObject({ key: v.string() }),
});

/** What a path has received, each signature checked by the library of Standard Webhooks. */
const messagesAt = (path: string) =>
  receiver.at(path).map(({ headers, body }) => ({
    id: headers['webhook-id'],
    ...v.parse(message, new Webhook(secret).verify(body, headers)),
  }));
const keysAt = (path: string) => messagesAt(path).map(({ data }) => data.key);

/** A signed webhook that wants the events with a tag of the same name as its path. */
const webhookFor = (tag: string, filter: object = {}) =>
  addDestination(app, {
    kind: 'webhook',
    url: `${receiver.url}/${tag}`,
    secret,
    filter: { kinds: ['event'], tags: [tag], ...filter },
  });

it('a destination receives every event that it wants, once, signed, as the API shows it', async () => {
  const id = await webhookFor('healthy');
  const keys = await sendEvents(app, 'healthy', 20);
  await sendEvents(app, 'others', 3);
  const deliveries = await untilOver(app, id, 20);
  expect(deliveries.map(({ state }) => state)).toEqual(Array(20).fill('delivered'));
  const received = messagesAt('/healthy');
  expect(received.map(({ data }) => data.key).sort()).toEqual([...keys].sort());
  expect(new Set(received.map((one) => one.id)).size).toBe(20);
  const [first] = received;
  const { body } = await app.get(`/api/events/${first?.data.key}`);
  expect(first).toMatchObject({ type: 'event.delivered', timestamp: body.occurredAt });
  for (const name of ['recipient', 'domain', 'tags', 'messageId', 'receivedAt', 'source'])
    expect(first?.data[name], name).toEqual(body[name]);
  expect(first?.data).not.toHaveProperty('raw');
});

it('who forges a body or uses another secret is noticed', async () => {
  const [one] = receiver.at('/healthy');
  if (one === undefined) throw new Error('Nothing was received.');
  expect(() => new Webhook(secret).verify(`${one.body} `, one.headers)).toThrow();
  expect(() => new Webhook('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA').verify(one.body, one.headers)).toThrow();
});

it('one that answers 500 twice is asked again, with the same id', async () => {
  receiver.answer('/twice', [{ status: 500 }, { status: 503 }]);
  const id = await webhookFor('twice');
  await sendEvents(app, 'twice', 1);
  const [delivery] = await untilOver(app, id, 1);
  expect(delivery).toMatchObject({ state: 'delivered', attempts: 3, lastStatus: 200, lastError: null });
  const ids = receiver.at('/twice').map(({ headers }) => headers['webhook-id']);
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(1);
});

it('one that answers 429 is left alone until it wants to be asked again', async () => {
  receiver.answer('/limited', [{ status: 429, headers: { 'retry-after': '2' } }]);
  const id = await webhookFor('limited');
  await sendEvents(app, 'limited', 3);
  const over = await untilOver(app, id, 3);
  expect(over.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
  expect(new Set(keysAt('/limited')).size).toBe(3);
});

it('a redirect is not followed, and said to be one', async () => {
  receiver.answer('/moved', () => ({ status: 307, headers: { location: `${receiver.url}/secret-place` } }));
  const id = await webhookFor('moved');
  await sendEvents(app, 'moved', 1);
  const [delivery] = await untilOver(app, id, 1);
  expect(delivery).toMatchObject({ state: 'dead', attempts: 1, lastStatus: 307 });
  expect(delivery?.lastError).toContain('redirects are not followed');
  expect(receiver.at('/secret-place')).toEqual([]);
});

it.each([
  [404, 1],
  [410, 1],
  [500, 4],
])(
  'one that answers only %i is given up after %i attempts, and its notices arrive when it is back',
  async (status, attempts) => {
    const tag = `gone-${status}`;
    receiver.answer(`/${tag}`, () => ({ status, body: `no such thing as ${receiver.url}/${tag}` }));
    const id = await webhookFor(tag);
    const keys = await sendEvents(app, tag, 2);
    const dead = await untilOver(app, id, 2);
    for (const one of dead) expect(one).toMatchObject({ state: 'dead', lastStatus: status });
    expect(Math.max(...dead.map((one) => one.attempts))).toBe(attempts);
    // What an error page quotes is not kept: it may be the address, and that is a secret.
    expect(JSON.stringify(dead)).not.toContain(receiver.url);
    const before = receiver.at(`/${tag}`).length;
    receiver.answer(`/${tag}`, []);
    expect((await app.call('POST', `/api/destinations/${id}/requeue`)).body).toEqual({
      requeued: 2,
      more: false,
    });
    const over = await untilOver(app, id, 2);
    expect(over.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    expect(keysAt(`/${tag}`).slice(before).sort()).toEqual([...keys].sort());
    expect((await app.call('POST', `/api/destinations/${id}/requeue`)).body).toEqual({
      requeued: 0,
      more: false,
    });
  },
);

it('one that never answers and one that is not there hold up no other', async () => {
  receiver.answer('/hangs', () => null);
  const hanging = await webhookFor('hangs', { tags: ['busy'] });
  const closed = await startReceiver();
  await closed.stop();
  const absent = await addDestination(app, {
    kind: 'slack',
    url: `${closed.url}/services/T0/B0/secret-of-slack`,
    filter: { kinds: ['event'], tags: ['busy'] },
  });
  const healthy = await webhookFor('beside', { tags: ['busy'] });
  const keys = await sendEvents(app, 'busy', 30);
  await untilOver(app, healthy, 30);
  expect(keysAt('/beside').sort()).toEqual([...keys].sort());
  expect((await deliveriesOf(app, hanging)).filter(({ state }) => state === 'delivered')).toEqual([]);
  const lost = await deliveriesOf(app, absent);
  expect(lost).toHaveLength(30);
  expect(lost.find(({ lastError }) => lastError !== null)?.lastError).toMatch(/did not answer/);
  expect(JSON.stringify(lost)).not.toContain('secret-of-slack');
  // Once one has failed, all wait: thirty of them are not thirty attempts at once.
  expect(receiver.at('/hangs').length).toBeLessThan(30);
  for (const id of [hanging, absent]) await app.call('DELETE', `/api/destinations/${id}`);
});

it('notices about one address arrive in their order, although one of them fails', async () => {
  const refused = new Set<string>();
  receiver.answer('/order', ({ headers }) => {
    const id = headers['webhook-id'] ?? '';
    if (refused.has(id) || refused.size >= 3) return { status: 200 };
    refused.add(id);
    return { status: 500 };
  });
  const id = await webhookFor('order');
  const keys: string[] = [];
  for (const name of ['accepted', 'delivered', 'opened', 'clicked', 'complained', 'unsubscribed']) {
    const fields = { recipient: 'order@example.com', tags: ['order'] };
    keys.push(String((await app.send(event(name, fields))).body.id));
    await app.drain();
  }
  await untilOver(app, id, 6);
  const arrived = keysAt('/order').filter((key, at, all) => all.lastIndexOf(key) === at);
  expect(arrived).toEqual(keys);
});

it('an event that comes twice is told once', async () => {
  const id = await webhookFor('twins');
  const twin = event('delivered', { recipient: 'twins@example.com', tags: ['twins'] });
  await app.send(twin);
  await app.drain();
  await app.send(twin);
  const { items } = v.parse(
    v.object({ items: v.array(v.object({ key: v.string() })) }),
    (await app.get('/api/events?recipient=twins@example.com')).body,
  );
  await app.connection.updateOne('email_events', items[0]?.key ?? '', { $unset: { state: '' } });
  await app.connection.enqueue('processMailgunEvent', { key: items[0]?.key });
  await app.drain();
  await untilOver(app, id, 1);
  expect(receiver.at('/twins')).toHaveLength(1);
});

it('changes of suppressions are told to who asks for them', async () => {
  const id = await addDestination(app, {
    kind: 'webhook',
    url: `${receiver.url}/changes`,
    secret,
    filter: { kinds: ['suppression.changed'] },
  });
  await app.call('POST', '/api/suppressions', { email: 'change@example.com', why: 'On leave.' });
  await app.call('POST', '/api/suppressions/change@example.com/lift', {});
  await untilOver(app, id, 2);
  const told = receiver.at('/changes').map(({ body }) => JSON.parse(body));
  expect(told).toMatchObject([
    { type: 'suppression.changed', data: { kind: 'added', email: 'change@example.com', why: 'On leave.' } },
    { type: 'suppression.changed', data: { kind: 'lifted', email: 'change@example.com' } },
  ]);
  await app.call('DELETE', `/api/destinations/${id}`);
});

it("of this app's own mail nothing is told", async () => {
  const id = await webhookFor('loop', { tags: undefined, domains: ['loop.example.com'] });
  const domain = { name: 'loop.example.com' };
  const own = { 'message-id': 'mailgun-webhook-handler-alert.msg_1@loop.example.com' };
  await app.send(event('delivered', { domain, tags: ['mailgun-webhook-handler-alert'] }));
  await app.send(event('complained', { domain, tags: [], message: { headers: own } }));
  await app.send(event('delivered', { domain, recipient: 'other@example.com' }));
  await app.drain();
  await untilOver(app, id, 1);
  expect(receiver.at('/loop').map(({ body }) => JSON.parse(body).data.recipient)).toEqual([
    'other@example.com',
  ]);
});

it('who is erased is erased from deliveries, too', async () => {
  receiver.answer('/erased', () => ({ status: 404 }));
  const id = await webhookFor('erased');
  await sendEvents(app, 'erased', 2);
  await untilOver(app, id, 2);
  expect((await app.call('DELETE', '/api/subscribers/erased-0@example.com')).status).toBe(200);
  const stored = await app.connection.getMany('deliveries').toArray();
  expect(JSON.stringify(stored)).not.toContain('erased-0@example.com');
  expect(JSON.stringify(stored)).toContain('erased-1@example.com');
});
