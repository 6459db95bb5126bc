import * as v from 'valibot';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAnswer, sign, signingKey } from '../app/app';
import { type CohoSpace, json, startCoho } from './cli';

let space: CohoSpace;
beforeAll(async () => {
  space = await startCoho({ env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey } });
});

const deploy = async (program: string) => {
  space.cli.use(program);
  expect(await space.cli.print('deploy')).toContain('Deployed Codehook successfully');
};
const stored = (collection: string) => space.connection.getMany(collection).toArray();
/** Calls a route with the API key and reads the JSON object of the answer. */
const call = async (path: string, init?: RequestInit) => readAnswer(await space.call(path, init));

describe('the published example', () => {
  beforeEach(async () => {
    await space.connection.removeMany('email_events', {});
  });
  const event = (fields: object) => ({ recipient: 'ada@example.org', timestamp: 1, ...fields });
  /** Posts an event as Mailgun does: without an API key. */
  const post = async (told: object, signature: object = sign()) =>
    readAnswer(await fetch(`${space.url}/mailgun/events`, json({ signature, 'event-data': told })));
  const forged = () => ({ ...sign(), signature: 'f'.repeat(64) });

  it('event handler: stores what is signed', async () => {
    await deploy('published-example/event-handler.js');
    expect(await post(event({ event: 'delivered' }))).toEqual({ status: 200, body: { received: true } });
    expect(await post(event({ event: 'opened' }), forged())).toMatchObject({ status: 403 });
    expect(await stored('email_events')).toMatchObject([
      { event: 'delivered', recipient: 'ada@example.org' },
    ]);
  });

  it('campaign analytics: counts per tag and cleans the list', async () => {
    await deploy('published-example/campaign-analytics.js');
    await space.connection.insertOne('subscribers', { email: 'ada@example.org' });
    await post(event({ event: 'opened', tags: ['spring', 'sale'] }));
    await post(event({ event: 'opened', tags: ['spring'] }));
    await post(event({ event: 'failed', severity: 'permanent', reason: 'bounce', tags: ['spring'] }));
    const counted = (await stored('campaign_stats')).map(({ tag, opens, failures }) => ({
      tag,
      opens,
      failures,
    }));
    expect(counted).toEqual([
      { tag: 'spring', opens: 2, failures: 1 },
      { tag: 'sale', opens: 1, failures: undefined },
    ]);
    expect(await stored('subscribers')).toMatchObject([{ status: 'bounced', bounceReason: 'bounce' }]);
  });

  it('async worker: queues first, stores later', async () => {
    await deploy('published-example/async-worker.js');
    expect(await post(event({ event: 'clicked' }))).toEqual({ status: 200, body: { queued: true } });
    await expect.poll(() => stored('email_events')).toMatchObject([{ event: 'clicked' }]);
  });

  it('replay prevention: takes a token once, and none that is old', async () => {
    await deploy('published-example/replay-prevention.js');
    const signature = sign();
    expect(await post(event({ event: 'opened' }), signature)).toMatchObject({ status: 200 });
    expect(await post(event({ event: 'opened' }), signature)).toMatchObject({
      body: { error: 'replay_attack' },
    });
    const old = sign({ timestamp: String(Math.floor(Date.now() / 1000) - 400) });
    expect(await post(event({ event: 'opened' }), old)).toMatchObject({
      body: { error: 'timestamp_expired' },
    });
    expect(await stored('email_events')).toHaveLength(1);
  });
});

it('a shop: a REST API by crudlify with schemas and a hook, and its documentation by openapi', async () => {
  await deploy('apps/shop/index.js');
  const lamp = await call('/api/products', json({ name: 'lamp', price: 30, tags: ['light'] }));
  expect(lamp).toMatchObject({ status: 201, body: { name: 'lamp', _id: expect.any(String) } });
  await call('/api/products', json({ name: 'chair', price: 80 }));
  expect((await space.call('/api/products', json({ name: 'free', price: -1 }))).status).toBe(400);
  expect((await space.call('/api/products', json({ name: 'forbidden', price: 1 }))).status).toBe(400);
  expect((await space.call('/api/secrets', json({ any: 'thing' }))).status).toBe(400);
  expect((await fetch(`${space.url}/api/products`)).status).toBe(401);

  const list = v.array(v.record(v.string(), v.unknown()));
  const found = async (query: string) =>
    v.parse(list, await (await space.call(`/api/products?${query}`)).json()).map(({ name }) => name);
  expect(await found('')).toEqual(['lamp', 'chair']);
  expect(await found('price>50')).toEqual(['chair']);
  expect(await found('sort=-price&limit=1')).toEqual(['chair']);
  const path = `/api/products/${lamp.body._id}`;
  const change = (method: string, body: object) => space.call(path, { ...json(body), method });
  expect((await change('PATCH', { $set: { price: 25 } })).status).toBe(200);
  expect((await change('PUT', { name: 'no price' })).status).toBe(400);
  expect((await call(path)).body).toMatchObject({ name: 'lamp', price: 25 });
  expect((await space.call(path, { method: 'DELETE' })).status).toBe(200);
  expect((await space.call(path)).status).toBe(404);

  const specification = await readAnswer(await fetch(`${space.url}/openapi.json`));
  expect(specification.body).toMatchObject({ openapi: '3.0.3', info: { title: 'Shop' } });
  expect(Object.keys(v.parse(v.record(v.string(), v.unknown()), specification.body.paths))).toEqual(
    expect.arrayContaining(['/shop', '/api/products', '/api/customers']),
  );
  expect(await (await fetch(`${space.url}/docs`)).text()).toContain('swagger-ui');
});

it('orders: a workflow of steps, a worker and a scheduled job', async () => {
  await deploy('apps/orders/index.js');
  const order = async (amount: number) => {
    const { body } = await call('/orders', json({ amount }));
    return async () => (await call(`/orders/${body.id}`)).body;
  };
  const paid = await order(5);
  const refused = await order(0);
  await expect.poll(paid).toMatchObject({ checked: true, paid: 5 });
  await expect.poll(refused).toMatchObject({ refused: true });

  await call('/remind', json({ who: 'ada' }));
  await expect.poll(() => space.connection.get('reminders')).toBe(1);

  await space.connection.insertOne('baskets', [{ _id: 'b1' }, { _id: 'b2', paid: 5 }]);
  await space.runJobs('0 3 * * *');
  expect(await stored('baskets')).toEqual([
    { _id: 'b1', swept: true },
    { _id: 'b2', paid: 5 },
  ]);
});

it('a site: pages and style as texts of the bundle, open by a hook, with a real-time channel that is off', async () => {
  await deploy('apps/site/index.js');
  const page = async (path: string) => {
    const response = await fetch(space.url + path);
    return [response.status, response.headers.get('content-type'), await response.text()];
  };
  expect(await page('/pages/home')).toEqual([
    200,
    'text/html; charset=utf-8',
    expect.stringContaining('<h1>Hello</h1>'),
  ]);
  expect(await page('/pages/style.css')).toEqual([200, 'text/css', expect.stringContaining('color: teal')]);
  await space.cli.print('set-env', 'GREETING', 'Hei');
  expect(await page('/pages/home')).toEqual([
    200,
    expect.anything(),
    expect.stringContaining('<h1>Hei</h1>'),
  ]);
  expect(await page('/secret')).toMatchObject([401, expect.anything(), expect.anything()]);
  expect(await call('/visits')).toEqual({ status: 200, body: { visits: 2, deployed: 1 } });
  // Codehooks.js itself fails there without the channels of the platform; the app goes on.
  expect(await (await space.call('/live/me')).text()).toContain('Unhandled Codehook exception');
});
