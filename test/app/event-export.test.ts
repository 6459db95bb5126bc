import { get, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, dayAgo, event, sign, startApp } from './app';

let app: App;
beforeAll(async () => {
  app = await startApp('bundle');
});
afterAll(() => app.stop());

const line = v.looseObject({ cursor: v.string(), key: v.string() });
type Line = v.InferOutput<typeof line>;

async function read(path: string): Promise<Response> {
  return fetch(app.url + path, { headers: { 'x-apikey': app.apiKey } });
}

async function exported(query = ''): Promise<Line[]> {
  const response = await read(`/api/events.ndjson${query}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  const text = await response.text();
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((one) => v.parse(line, JSON.parse(one)));
}

async function store(...events: object[]): Promise<string[]> {
  const keys = [];
  for (const one of events) keys.push(String((await app.send(one)).body.id));
  await app.drain();
  return keys;
}

/** The end of the feed. */
const end = async (): Promise<string> => (await exported()).at(-1)?.cursor ?? '';

it('events come in the order in which they were stored, however late they are', async () => {
  const [first] = await store(event('delivered'));
  const after = await end();
  const [late] = await store(event('opened', { timestamp: Date.now() / 1000 - 5 * 86_400 }));
  const [next] = await store(event('clicked'));
  expect((await exported()).map(({ key }) => key)).toEqual([first, late, next]);
  const lines = await exported(`?after=${after}`);
  expect(lines.map(({ key }) => key)).toEqual([late, next]);
  expect(await exported(`?after=${lines.at(-1)?.cursor}`)).toEqual([]);
  expect((await exported(`?after=${after}&limit=1`)).map(({ key }) => key)).toEqual([late]);
});

it('a second copy of an event does not come again', async () => {
  const opened = event('opened');
  await store(opened);
  const after = await end();
  await store(opened);
  expect(await exported(`?after=${after}`)).toEqual([]);
});

it('user variables are JSON on their line, and the original is there to the letter on demand', async () => {
  const after = await end();
  const variables = '{"order_id":12345678901234567890,\n "note":"two\\nlines"}';
  const sent = JSON.stringify(event('delivered', { 'user-variables': 'HERE' })).replace('"HERE"', variables);
  await app.post(`{"signature":${JSON.stringify(sign())},"event-data":${sent}}`, 'application/json');
  await app.drain();
  const [shown, ...others] = await exported(`?after=${after}&original=yes`);
  expect(others).toEqual([]);
  expect(shown).toMatchObject({ userVariables: { note: 'two\nlines' }, raw: sent });
  expect((await exported(`?after=${after}`))[0]).not.toHaveProperty('raw');
});

it('as CSV it has the same events, behind the same cursors', async () => {
  const lines = await exported();
  const rows = (await (await read('/api/events.csv?after=')).text()).split('\r\n');
  expect(rows[0]).toMatch(/^cursor,key,.*,userVariables$/);
  expect(lines.every(({ cursor, key }, at) => rows[at + 1]?.startsWith(`${cursor},${key},`))).toBe(true);
  expect((await read('/api/events.csv?after=&tag=a')).status).toBe(400);
});

/** What comes over the wire, which `fetch` unpacks. */
function onTheWire(
  path: string,
  encoding: string,
): Promise<{ headers: IncomingMessage['headers']; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-apikey': app.apiKey, 'accept-encoding': encoding };
    get(app.url + path, { headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(parts) }));
    }).on('error', reject);
  });
}

it('is compressed for a reader that takes it', async () => {
  const plain = await onTheWire('/api/events.ndjson', 'gzip;q=0, br');
  expect(plain.headers['content-encoding']).toBeUndefined();
  const packed = await onTheWire('/api/events.ndjson', 'br, gzip');
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(packed.body).toString()).toBe(plain.body.toString());
});

it.each(['after=x', 'after=1', 'after=1.-1', 'limit=0', 'original=maybe', 'tag=a'])(
  '?%s is refused with a sentence',
  async (query) => {
    const { status, body } = await app.get(`/api/events.ndjson?${query}`);
    expect(status).toBe(400);
    expect(body.detail).toMatch(/^The parameter \w+ is not accepted: /);
  },
);

it('of an erased person the export shows what the log holds', async () => {
  const after = await end();
  const [key] = await store(event('delivered', { recipient: 'gone@example.com' }));
  await app.call('DELETE', '/api/subscribers/gone@example.com');
  const [shown] = await exported(`?after=${after}`);
  expect(shown).toMatchObject({ key, recipient: expect.stringMatching(/^erased-/) });
  expect(JSON.stringify(shown)).not.toContain('gone@');
});

it('a dead event has its place, too', async () => {
  const after = await end();
  const known = (await exported()).map(({ key }) => key);
  const key = `${dayAgo(0)}_delivered_neverMarked`;
  await app.connection.insertOne('email_events', {
    _id: key,
    format: 'json',
    event: 'delivered',
    timestamp: Date.now() / 1000,
    occurredAt: new Date(Date.now() - 3_600_000).toISOString(),
    receivedAt: new Date(Date.now() - 3_600_000).toISOString(),
    attempts: 8,
    sweptAt: new Date(Date.now() - 7_200_000).toISOString(),
  });
  await app.runJobs();
  await app.drain();
  expect((await app.get('/api/dead')).body.items).toMatchObject([{ key }]);
  expect((await exported(`?after=${after}`)).map((one) => one.key)).toEqual([key]);
  expect(known).not.toContain(key);
});

it('events from before the feed get their place by the audit', async () => {
  const after = await end();
  const key = `${dayAgo(9)}_delivered_olderThanFeed`;
  await app.connection.insertOne('email_events', {
    _id: key,
    format: 'json',
    event: 'delivered',
    timestamp: 1,
    occurredAt: `${dayAgo(9)}T04:00:00.000Z`,
    receivedAt: `${dayAgo(9)}T04:00:00.000Z`,
    state: 'done',
  });
  expect(await app.audit()).toContainEqual(
    expect.objectContaining({ what: 'eventsOfTheFeed', expected: 1, stored: 0 }),
  );
  await app.audit(true);
  expect(await app.audit()).toEqual([]);
  expect((await exported(`?after=${after}`)).map((one) => one.key)).toEqual([key]);
});

it('an event that retention has removed is left out, and the cursor goes on', async () => {
  const before = await exported();
  const removed = before[1];
  if (removed === undefined) throw new Error('There must be two events.');
  await app.connection.removeOne('email_events', removed.key);
  expect(await exported()).toEqual(before.filter(({ key }) => key !== removed.key));
  expect(await exported(`?after=${before[0]?.cursor}`)).toEqual(before.slice(2));
});

it('events of almost a megabyte come whole, among small ones, whatever characters they are of', async () => {
  const after = await end();
  const notes = [
    'a',
    ...['', 'b'].map((lead) => lead + '\u{1F4E8}'.repeat(100_000)),
    'c',
    'd'.repeat(600_000),
    'e',
  ];
  for (const note of notes) await store(event('delivered', { 'user-variables': { note } }));
  const wanted = notes.map((note) => ({ userVariables: { note } }));
  const start = `?after=${after}`;
  expect(await exported(start)).toMatchObject(wanted);
  const lines = await exported(`${start}&original=yes&limit=3`);
  expect(lines).toMatchObject(wanted.slice(0, 3));
  expect(await exported(`?after=${lines.at(-1)?.cursor}`)).toMatchObject(wanted.slice(3));
  const csv = await (await read(`/api/events.csv${start}&original=yes`)).text();
  for (const note of notes) expect(csv).toContain(`""note"":""${note}""`);
});

it('a hundred readers of large events get them one after the other', async () => {
  const after = await end();
  await store(event('delivered', { 'user-variables': { note: 'x'.repeat(400_000) } }));
  const answers = await Promise.all(Array.from({ length: 100 }, () => exported(`?after=${after}`)));
  expect(answers.filter((lines) => lines.length === 1)).toHaveLength(100);
});
