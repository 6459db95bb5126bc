import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connection } from '../../local/connection';
import { postSlice, type RecordedMailgun, startRecordedMailgun } from '../backfill/space';
import { type App, event, startApp } from './app';

/** Every kind of query that the app has made, by collection and shape. */
const asked = new Map<string, { collection: string; query: unknown; options: unknown }>();

function recordQueries(connection: Connection): Connection {
  const record = (collection: string, query: unknown, options: unknown) => {
    const shape = JSON.stringify([collection, query, options]).replace(/"[^"]{9,}"/g, '""');
    asked.set(shape, { collection, query, options });
  };
  return {
    ...connection,
    getMany: (collection, query, options) => {
      record(collection, query, options);
      return connection.getMany(collection, query, options);
    },
    updateOne: (collection, query, update, options) => {
      record(collection, query, undefined);
      return connection.updateOne(collection, query, update, options);
    },
    removeMany: (collection, query, options) => {
      record(collection, query, options);
      return connection.removeMany(collection, query, options);
    },
  };
}

let app: App;
let mailgun: RecordedMailgun;
beforeAll(async () => {
  mailgun = await startRecordedMailgun();
  mailgun.record.add(event('delivered', { timestamp: Date.now() / 1000 - 3600 }));
  app = await startApp('bundle', { wrapConnection: recordQueries, env: mailgun.env });
});
afterAll(async () => {
  await app.stop();
  await mailgun.server.stop();
});

it('no query of the app reads a collection from end to end', async () => {
  for (const name of ['accepted', 'delivered', 'opened', 'clicked', 'complained', 'unsubscribed']) {
    await app.send(event(name, { tags: ['a', 'b'], recipient: `${name}@example.com` }));
  }
  await app.send(event('failed', { severity: 'temporary' }));
  await app.drain();
  for (const path of [
    '/api/events?limit=1',
    '/api/events?recipient=a@example.com',
    '/api/events?tag=a&limit=1',
    '/api/events?event=opened',
    '/api/events?messageId=m1@mg.example.com',
    '/api/subscribers?limit=1',
    '/api/subscribers?status=active&limit=1',
    '/api/events?domain=mg.example.com&limit=1',
    '/api/events?classification=temporary&from=2020-01-01',
    '/api/events.csv?tag=a',
    '/api/events?from=2020-01-01&to=2099-01-01&limit=1',
    '/api/messages/m1@mg.example.com',
    '/api/subscribers?search=o&limit=1',
    '/api/subscribers?search=o&status=active&limit=1',
    '/api/subscribers?changedSince=2020-01-01&limit=1',
    '/api/subscribers/opened@example.com?limit=1',
    '/api/suppressions.csv',
    '/api/summary',
    '/api/timeline?by=hour&tag=a',
    ...['tag', 'lastEventAt', 'delivered', 'open', 'complaints'].flatMap((field) => [
      `/api/campaigns?sort=${field}&limit=1`,
      `/api/campaigns?sort=-${field}&search=a&limit=1`,
    ]),
    '/api/dead',
    '/api/backfill',
    '/health',
  ]) {
    if (path.includes('.csv')) {
      await (await fetch(app.url + path, { headers: { 'x-apikey': app.apiKey } })).text();
      continue;
    }
    const { body } = await app.get(path);
    if (typeof body.next === 'string') {
      await app.get(`${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(body.next)}`);
    }
  }
  for (const [method, path] of [
    ['POST', '/api/subscribers/opened@example.com/reactivate'],
    ['DELETE', '/api/subscribers/opened@example.com'],
  ] as const) {
    await fetch(app.url + path, { method, headers: { 'x-apikey': app.apiKey } });
  }
  await fetch(`${app.url}/api/suppressions/check`, {
    method: 'POST',
    headers: { 'x-apikey': app.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ addresses: ['opened@example.com', 'clicked@example.com'] }),
  });
  await app.runJobs();
  const slice = await postSlice(app, { domain: 'mg.example.com', from: '2020-01-01' });
  expect(slice.body).toMatchObject({ known: 1 });
  await app.audit();
  await app.runJobs();

  expect(asked.size).toBeGreaterThan(20);
  const slow = [...asked.values()].flatMap(({ collection, query, options }) => {
    const { path, sorted, sqlite } = app.storage.explainQuery(collection, query, options);
    return path === 'scan' || !sorted ? [{ collection, query, options, path, sorted, sqlite }] : [];
  });
  expect(slow).toEqual([]);
});
