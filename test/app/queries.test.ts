import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connection } from '../../local/connection';
import { postSlice, type RecordedMailgun, startRecordedMailgun } from '../backfill/space';
import { reconcile } from '../reconciliation/month';
import { type App, event, startApp } from './app';

/** Every kind of query that the app has made, by collection and shape. */
const asked = new Map<string, { collection: string; query: unknown; options: unknown }>();

const page = 'docs/queries.md';
const heading = '| Collection ';

/** The fields that a query names, with how they are compared, such as `level =`, `start >=`. */
function conditionsOf(query: unknown): string[] {
  if (typeof query === 'string') return ['_id ='];
  if (typeof query !== 'object' || query === null) return [];
  return Object.entries(query).flatMap(([field, condition]: [string, unknown]) => {
    if (field === '$and' && Array.isArray(condition)) return condition.flatMap(conditionsOf);
    if (field === '$or' && Array.isArray(condition)) return [condition.flatMap(conditionsOf).join(' or ')];
    if (typeof condition !== 'object' || condition === null) return [`${field} =`];
    return Object.keys(condition).map((operator) => `${field} ${signs.get(operator) ?? operator}`);
  });
}
const signs = new Map([
  ['$gt', '>'],
  ['$gte', '>='],
  ['$lt', '<'],
  ['$lte', '<='],
  ['$ne', '!='],
  ['$in', 'in'],
  ['$exists', 'there or not'],
]);

const sorting = v.looseObject({ sort: v.optional(v.record(v.string(), v.number()), {}) });

/** The table of the page: each kind of query once, with the index that answers it. */
function queriesAsMarkdown(): string {
  const rows = [...asked.values()].map(({ collection, query, options }) => {
    const { path } = app.storage.explainQuery(collection, query, options);
    const parsed = v.safeParse(sorting, options);
    const sort = Object.entries(parsed.success ? parsed.output.sort : {}).map(
      ([field, direction]) => `${field} ${direction > 0 ? 'rising' : 'falling'}`,
    );
    const conditions = [...new Set(conditionsOf(query))].join(', ');
    return [collection, conditions, sort.join(', '), path].map((text) => (text === '' ? '' : `\`${text}\``));
  });
  const distinct = [...new Map(rows.map((row) => [row.join('|'), row])).values()].sort((one, other) =>
    one.join() < other.join() ? -1 : 1,
  );
  const cells = [['Collection', 'Asks for', 'Sorted by', 'Index'], ...distinct];
  const widths = [0, 1, 2, 3].map((at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, at) => (row[at] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function recordQueries(connection: Connection): Connection {
  const record = (collection: string, query: unknown, options: unknown) => {
    // Values differ from query to query; names of collections and fields are what a query is told by.
    const withoutTexts = (_: string, value: unknown) => (typeof value === 'string' ? '' : value);
    const shape = `${collection} ${JSON.stringify([query, options], withoutTexts)}`;
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

/** One complaint opens an alert. */
const alerting = { ALERT_THRESHOLDS: '{"complaints":{"minVolume":1,"minCount":1}}' };

let app: App;
let mailgun: RecordedMailgun;
beforeAll(async () => {
  mailgun = await startRecordedMailgun();
  mailgun.record.add(event('delivered', { timestamp: Date.now() / 1000 - 3600 }));
  mailgun.record.add(event('opened', { timestamp: Date.now() / 1000 - 2 * 86_400 }));
  const digest = { DIGEST: 'daily', DIGEST_HOUR: String(new Date().getUTCHours()) };
  app = await startApp('bundle', {
    wrapConnection: recordQueries,
    env: { ...mailgun.env, ...alerting, ...digest },
  });
});
afterAll(async () => {
  await app.stop();
  await mailgun.server.stop();
});

it('no query of the app reads a collection from end to end', async () => {
  const told = {
    name: 'On call',
    kind: 'slack',
    url: 'https://nobody.invalid/x',
    filter: { kinds: ['event'] },
  };
  const destination = String((await app.call('POST', '/api/destinations', told)).body.id);
  for (const name of ['accepted', 'delivered', 'opened', 'clicked', 'complained', 'unsubscribed']) {
    await app.send(event(name, { tags: ['a', 'b'], recipient: `${name}@example.com` }));
  }
  await app.send(event('failed', { severity: 'temporary' }));
  // Mailgun knows nothing of it: its record is looked through.
  await app.send(event('clicked', { timestamp: Date.now() / 1000 - 2 * 86_400 }));
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
    '/api/events.ndjson?after=1.1',
    '/api/events?from=2020-01-01&to=2099-01-01&limit=1',
    '/api/messages/m1@mg.example.com',
    '/api/subscribers?search=o&limit=1',
    '/api/subscribers?search=o&status=active&limit=1',
    '/api/subscribers?changedSince=2020-01-01&limit=1',
    '/api/subscribers/opened@example.com?limit=1',
    '/api/suppressions.csv',
    '/api/summary',
    '/api/digest',
    '/api/timeline?by=hour&tag=a',
    ...['tag', 'lastEventAt', 'delivered', 'open', 'complaints'].flatMap((field) => [
      `/api/campaigns?sort=${field}&limit=1`,
      `/api/campaigns?sort=-${field}&search=a&limit=1`,
    ]),
    '/api/dead',
    '/api/destinations',
    `/api/destinations/${destination}/deliveries?limit=1`,
    `/api/destinations/${destination}/deliveries?limit=1&state=waiting`,
    '/api/backfill',
    '/api/reconciliation',
    '/metrics',
    '/api/alerts',
    '/api/alerts?state=all&limit=1',
    '/api/alerts/rules',
    '/health',
  ]) {
    if (/\.(csv|ndjson)/.test(path) || path === '/metrics') {
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
    ['PUT', '/api/alerts/rules/unsubscribes'],
  ] as const) {
    await fetch(app.url + path, { method, headers: { 'x-apikey': app.apiKey } });
  }
  await fetch(`${app.url}/api/suppressions/check`, {
    method: 'POST',
    headers: { 'x-apikey': app.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ addresses: ['opened@example.com', 'clicked@example.com'] }),
  });
  await app.call('POST', `/api/destinations/${destination}/requeue`);
  await app.runJobs();
  await app.call('DELETE', `/api/destinations/${destination}`);
  const slice = await postSlice(app, { domain: 'mg.example.com', from: '2020-01-01' });
  expect(slice.body).toMatchObject({ known: 1 });
  const day = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
  await reconcile({ app }, { from: day, to: day });
  await app.audit();
  await app.runJobs();

  expect(asked.size).toBeGreaterThan(20);
  const slow = [...asked.values()].flatMap(({ collection, query, options }) => {
    const { path, sorted, sqlite } = app.storage.explainQuery(collection, query, options);
    return path === 'scan' || !sorted ? [{ collection, query, options, path, sorted, sqlite }] : [];
  });
  expect(slow).toEqual([]);
});

it('the page of queries tells each of them with its index', () => {
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf(heading);
  const told = text.slice(start, text.indexOf('\n\n', start));
  const table = queriesAsMarkdown();
  if (process.env.UPDATE_DOCS === '1')
    writeFileSync(
      page,
      text.replace(told, () => table),
    );
  expect(readFileSync(page, 'utf8'), 'Run UPDATE_DOCS=1 npx vitest run test/app/queries.test.ts').toContain(
    table,
  );
});
