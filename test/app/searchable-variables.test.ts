import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, dayAgo, event, signingKey, startApp } from './app';

let app: App;
beforeAll(async () => {
  app = await startApp('bundle', {
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, SEARCHABLE_VARIABLES: 'order_id, vip' },
  });
});
afterAll(() => app.stop());

const page = v.object({ items: v.array(v.object({ key: v.string() })) });

async function found(variable: string): Promise<string[]> {
  const { status, body } = await app.get(`/api/events?variable=${encodeURIComponent(variable)}`);
  expect(status).toBe(200);
  return v.parse(page, body).items.map(({ key }) => key);
}

async function send(variables: object, fields: object = {}): Promise<string> {
  const { body } = await app.send(event('delivered', { 'user-variables': variables, ...fields }));
  return String(body.id);
}

it('events are found by a variable that is listed, and by its whole value only', async () => {
  const key = await send({ order_id: '1234', vip: true, note: 'x' });
  await send({ order_id: '12345' });
  expect(await found('order_id:1234')).toEqual([key]);
  expect(await found('vip:true')).toEqual([key]);
  expect(await found('order_id:12')).toEqual([]);
  expect((await app.get('/api/events?variable=order_id:1234&event=delivered')).body.items).toHaveLength(1);
});

it.each([
  ['note:x', 'note is not listed in SEARCHABLE_VARIABLES, only order_id, vip.'],
  ['order_id', 'it must be a name and a value such as order_id:1234.'],
])('?variable=%s is refused with a sentence', async (variable, sentence) => {
  expect(await app.get(`/api/events?variable=${variable}`)).toEqual({
    status: 400,
    body: {
      error: 'invalid_parameter',
      detail: `The parameter variable is not accepted: ${sentence}`,
    },
  });
});

it('the query is answered by an index', () => {
  const { path } = app.storage.explainQuery(
    'email_events',
    { variables: 'order_id:1' },
    { sort: { occurredAt: -1, _id: -1 } },
  );
  expect(path).toBe('variables,occurredAt,_id');
});

it('the audit names events that came before the setting, and lets them be found', async () => {
  const key = `${dayAgo(3)}_delivered_cameBefore`;
  await app.connection.insertOne('email_events', {
    _id: key,
    format: 'json',
    event: 'delivered',
    timestamp: 1,
    occurredAt: `${dayAgo(3)}T04:00:00.000Z`,
    receivedAt: `${dayAgo(3)}T04:00:00.000Z`,
    userVariables: '{"order_id":"old"}',
    state: 'done',
  });
  await app.drain();
  expect(await found('order_id:old')).toEqual([]);
  expect(await app.audit()).toContainEqual({
    where: `hour:${dayAgo(3)}T04`,
    what: 'eventsWithWrongVariables',
    expected: 0,
    stored: 1,
  });
  await app.audit(true);
  expect(await app.audit()).toEqual([]);
  expect(await found('order_id:old')).toEqual([key]);
});

it('an erased person is not found any more', async () => {
  const key = await send({ order_id: 'secret' }, { recipient: 'gone@example.com' });
  await app.drain();
  expect(await found('order_id:secret')).toEqual([key]);
  await app.call('DELETE', '/api/subscribers/gone@example.com');
  expect(await found('order_id:secret')).toEqual([]);
  expect(await app.connection.getOne('email_events', key)).toMatchObject({ variables: [] });
  expect(await app.audit()).toEqual([]);
});
