import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, dayAgo, event, startApp } from './app';

let app: App;
beforeAll(async () => {
  app = await startApp('bundle');
});
afterAll(() => app.stop());

async function csv(path: string): Promise<string[][]> {
  const response = await fetch(app.url + path, { headers: { 'x-apikey': app.apiKey } });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  return parse(await response.text());
}

/** Rows of cells, by RFC 4180. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (end === '' && plain === '' && quoted === undefined) continue;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

const column = (rows: string[][], name: string) => {
  const at = rows[0]?.indexOf(name) ?? -1;
  return rows.slice(1).map((row) => row[at]);
};

it('hostile values are cells of text, not formulas, and stay in their cell', async () => {
  const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', 'a "b", c', 'two\nlines', '"'];
  for (const [n, tag] of hostile.entries())
    await app.send(
      event('delivered', {
        tags: [tag],
        recipient: `=h${n}@example.com`,
        timestamp: Math.floor(Date.now() / 1000) - 3600 + n,
      }),
    );
  await app.drain();
  expect(column(await csv('/api/campaigns.csv?sort=firstEventAt'), 'tag')).toEqual([
    "'=1+1",
    "'+1",
    "'-1",
    "'@sum(a1)",
    'a "b", c',
    'two\nlines',
    '"',
  ]);
  expect(column(await csv('/api/subscribers.csv?search=%3Dh0'), 'email')).toEqual(["'=h0@example.com"]);
  expect(column(await csv('/api/events.csv?recipient=%3Dh0@example.com'), 'tags')).toEqual(["'=1+1"]);
});

it('a list is whole, whatever its length', async () => {
  const before = (await csv('/api/events.csv?tag=many')).length;
  expect(before).toBe(1);
  for (let n = 0; n < 30; n += 1) {
    await app.connection.insertOne(
      'email_events',
      Array.from({ length: 100 }, (_, m) => ({
        _id: `many:${n}:${m}`,
        format: 'json',
        event: 'delivered',
        timestamp: 1,
        occurredAt: new Date(1_700_000_000_000 + (n * 100 + m) * 7).toISOString(),
        receivedAt: '2026-01-01T00:00:00.000Z',
        tags: ['many'],
        state: 'done',
      })),
    );
  }
  const keys = column(await csv('/api/events.csv?tag=many'), 'key');
  expect(new Set(keys).size).toBe(3000);
});

it('suppressions come in the columns of the import of the list', async () => {
  const time = `${dayAgo(90)}T03:02:01Z`;
  const at = Date.parse(time) / 1000;
  const written = new Date(time).toUTCString().replace('GMT', 'UTC');
  await app.send(
    event('failed', {
      recipient: 'gone@example.com',
      severity: 'permanent',
      reason: 'bounce',
      timestamp: at,
      'delivery-status': { message: 'No such user' },
    }),
  );
  await app.send(event('unsubscribed', { recipient: 'left@example.com', timestamp: at, tags: ['news'] }));
  await app.send(event('complained', { recipient: 'angry@example.com', timestamp: at }));
  await app.drain();
  expect(await csv('/api/suppressions.csv?list=bounces')).toEqual([
    ['address', 'code', 'error', 'created_at'],
    ['gone@example.com', '550', 'No such user', written],
  ]);
  expect(await csv('/api/suppressions.csv?list=unsubscribes')).toEqual([
    ['address', 'tags', 'created_at'],
    ['left@example.com', 'news', written],
  ]);
  expect(await csv('/api/suppressions.csv?list=complaints')).toEqual([
    ['address', 'created_at'],
    ['angry@example.com', written],
  ]);
  await app.send(
    event('unsubscribed', { recipient: '=left@example.com', timestamp: at, tags: ['a, b', '=c', '"d"'] }),
  );
  await app.send(
    event('unsubscribed', {
      recipient: 'list@example.com',
      timestamp: at,
      'mailing-list': { address: 'dev@mg.example.com' },
    }),
  );
  await app.drain();
  expect((await csv('/api/suppressions.csv?list=unsubscribes')).map((row) => row.slice(0, 2))).toEqual([
    ['address', 'tags'],
    ['=left@example.com', '"d"'],
    ['=left@example.com', '=c'],
    ['=left@example.com', 'a, b'],
    ['left@example.com', 'news'],
  ]);
  expect(column(await csv('/api/suppressions.csv?list=bounces&domain=other.example.com'), 'address')).toEqual(
    [],
  );
  expect([...new Set(column(await csv('/api/suppressions.csv'), 'reason'))].sort()).toEqual([
    'bounced',
    'complained',
    'unsubscribed',
  ]);
});

it.each(['/api/timeline.csv', '/api/refusals.csv', '/api/dead.csv'])(
  '%s has a line of names',
  async (path) => {
    expect((await csv(path))[0]?.length).toBeGreaterThan(2);
  },
);
