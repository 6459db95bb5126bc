import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { beforeAll, expect, it } from 'vitest';
import { type CohoSpace, json, startCoho } from './cli';

let space: CohoSpace;
beforeAll(async () => {
  space = await startCoho();
});

const deploy = async (app: string) => {
  space.cli.use(fileURLToPath(new URL(`../apps/${app}/index.js`, import.meta.url)));
  expect(await space.cli.print('deploy')).toContain('Deployed Codehook successfully');
};
const stored = (collection: string) => space.connection.getMany(collection).toArray();
const answer = v.record(v.string(), v.unknown());
const readAnswer = async (response: Response) => ({
  status: response.status,
  body: v.parse(answer, await response.json()),
});
/** Calls a route with the API key and reads the JSON object of the answer. */
const call = async (path: string, init?: RequestInit) => readAnswer(await space.call(path, init));

it('a shop: a REST API by crudlify with schemas and a hook, and its documentation by openapi', async () => {
  await deploy('shop');
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
  await deploy('orders');
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
  await deploy('site');
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
