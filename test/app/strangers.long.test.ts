import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, event, startApp } from './app';

let app: App;
let port: number;
beforeAll(async () => {
  app = await startApp('bundle');
  port = Number(new URL(app.url).port);
  await app.send(event('delivered'));
  await app.drain();
});
afterAll(() => app.stop());

/** Writes bytes to a connection and reads what comes, until it is closed or nothing more comes. */
async function exchange(bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (part) => {
    text += part.toString('latin1');
  });
  // It may be closed while something is on its way.
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(Buffer.from(bytes, 'latin1'));
  await Promise.race([closed, sleep(3000)]);
  socket.destroy();
  return text;
}

const statusesOf = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
const request = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, 'Host: space', 'Connection: close', ...headers, '', ''].join('\r\n');
/** Whether an answer holds what only the holder of a key may see. */
const isTold = (text: string) => /"totals"|"items"|"suppressions"|"recipient"|^mailgun_/m.test(text);

const targets = [
  '/api/summary',
  '/api/subscribers/alice@example.com',
  '/api/events.ndjson',
  '/metrics',
  '/_A_D_M_logs',
];
const disguises: readonly ((path: string) => string)[] = [
  (path) => `/dev${path}`,
  (path) => `/dev/mailgun/..${path}`,
  (path) => `/dev/mailgun/events/../..${path}`,
  (path) => `/dev/mailgun/%2e%2e${path}`,
  (path) => `/dev/mailgun/..%2f${path.slice(1)}`,
  (path) => `/dev/health/..${path}`,
  (path) => `/dev/docs/..;${path}`,
  (path) => `/dev/dashboard/..\\${path.slice(1)}`,
  (path) => `//dev${path}`,
  (path) => `/dev/${path}`,
  (path) => `/dev/.${path}`,
  (path) => `/dev${path}/mailgun/events`,
  (path) => `/dev${path}?x=/mailgun/events`,
  (path) => `/dev${path}%00/mailgun/events`,
  (path) => `/dev${path};/dashboard`,
  (path) => `/dev${path.replace('/', '/%2F')}`,
  (path) => `/dev${path.replace(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`,
  (path) => `/DEV${path.toUpperCase()}`,
  (path) => `http://space/dev${path}`,
  (path) => `http://localhost:3000/dev/mailgun/events/..${path}`,
  (path) => `/dev/mailgun/events#${path}`,
  (path) => `/dev${path}\u00e9`,
  (path) => `/dev/mailgun${'/..'.repeat(50)}/dev${path}`,
];
const liars = [
  [],
  ['X-Original-URL: /dev/mailgun/events', 'X-Rewrite-URL: /dev/health'],
  ['X-Forwarded-For: 127.0.0.1', 'X-Real-IP: 127.0.0.1', 'Forwarded: for=127.0.0.1'],
  ['X-HTTP-Method-Override: POST', 'X-Forwarded-Prefix: /dev/mailgun'],
  ['X-ApiKey: ', 'X-Api-Key: undefined', 'Authorization: Basic Og=='],
  ['x-apikey: null', 'x-apikey: '],
  ['Cookie: x-apikey=1; admin=true'],
  ['Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'],
  ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
];
const methods = ['GET', 'HEAD', 'POST', 'OPTIONS', 'PROPFIND', 'TRACE', 'QUERY', 'PATCH', 'CONNECT', 'get'];

it('no path, header or method of a stranger tells him anything', async () => {
  const told: string[] = [];
  const failed: string[] = [];
  let tried = 0;
  const attacks = targets.flatMap((target) =>
    disguises.flatMap((disguise) => [
      ...liars.map((headers) => request(`GET ${disguise(target)}`, ...headers)),
      ...methods.map((method) => request(`${method} ${disguise(target)}`, 'Content-Length: 0')),
    ]),
  );
  const lane = async () => {
    for (let attack = attacks.pop(); attack !== undefined; attack = attacks.pop()) {
      const answer = await exchange(attack);
      tried += 1;
      if (isTold(answer)) told.push(attack);
      if (statusesOf(answer).some((status) => status >= 500)) failed.push(attack);
    }
  };
  await Promise.all(Array.from({ length: 50 }, lane));
  expect(tried).toBeGreaterThan(2000);
  expect({ told, failed }).toEqual({ told: [], failed: [] });
}, 300_000);

const post = (...rest: string[]) =>
  `POST /dev/mailgun/events HTTP/1.1\r\nHost: space\r\n${rest.join('\r\n')}`;
const oddRequests: Readonly<Record<string, string>> = {
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'HTTP/0.9': 'GET /dev/api/summary\r\n\r\n',
  'a version of its own': 'GET /dev/health HTTP/9.9\r\n\r\n',
  TLS: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'no host': 'GET /dev/health HTTP/1.1\r\n\r\n',
  'two hosts': 'GET /dev/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'a folded header': 'GET /dev/health HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n',
  'a blank before a colon': post('Content-Length : 2', '', '{}'),
  'two lengths': post('Content-Length: 2', 'Content-Length: 30', '', '{}GET /dev/api/summary HTTP/1.1'),
  'a length and chunks': post('Content-Length: 2', 'Transfer-Encoding: chunked', '', '0', '', ''),
  'chunks in disguise': post('Transfer-Encoding: xchunked', '', '0', '', ''),
  'chunks twice': post('Transfer-Encoding: chunked, chunked', '', '0', '', ''),
  'a chunk without an end': post('Transfer-Encoding: chunked', '', 'FFFFFFFFFFFFFFFF', 'x'),
  'a negative chunk': post('Transfer-Encoding: chunked', '', '-1', 'x'),
  'extensions of chunks': post('Transfer-Encoding: chunked', '', `1;${'a'.repeat(20_000)}`, 'x', '0', '', ''),
  'a negative length': post('Content-Length: -1', '', ''),
  'a length that is none': post('Content-Length: 0x10', '', ''),
  'a length beyond all': post('Content-Length: 99999999999999999999', '', ''),
  'an expectation': post('Content-Length: 2', 'Expect: 200-ok', '', '{}'),
  'a body that waits': post('Content-Length: 2', 'Expect: 100-continue', 'Connection: close', '', '{}'),
  trailers: post('Transfer-Encoding: chunked', 'Trailer: x-apikey', '', '0', 'x-apikey: a', '', ''),
  'a line break in a header': 'GET /dev/health HTTP/1.1\r\nHost: a\rX: b\r\n\r\n',
  'bytes in an origin': request(
    'OPTIONS /dev/api/summary',
    'Origin: http://\xe9\x80\xff',
    'Access-Control-Request-Headers: \xff',
  ),
  'a tab in an origin': request('GET /dev/health', 'Origin: a\tb'),
  'an endless path': request(`GET /dev/${'a/'.repeat(7000)}`),
  'a path of many stars': request(`GET /dev/${'*'.repeat(7000)}`),
  'thousands of headers': request('GET /dev/health', ...Array.from({ length: 1500 }, (_, n) => `a${n}: b`)),
  'a header as long as all': request('GET /dev/health', `X: ${'a'.repeat(64_000)}`),
};

it.each(Object.entries(oddRequests))('%s is refused or answered, and nothing breaks', async (_, bytes) => {
  const answer = await exchange(bytes);
  expect(isTold(answer)).toBe(false);
  expect(statusesOf(answer).filter((status) => status >= 500)).toEqual([]);
  expect((await fetch(`${app.url}/health`)).status).toBe(200);
});

const values = [
  '',
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  'NaN',
  'true',
  'null',
  '[]',
  '{}',
  '$where',
  '\u0000',
  '\ud800',
  '\u202e',
  '‮',
  '%',
  '%00',
  '..',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '*',
  "'",
  '"',
  ';',
  '<script>',
  '{{7*7}}',
  '=1+1',
  'İ',
  'ß'.repeat(300),
  '2026-02-30',
  '0000-00-00',
  '9999-12-31T23:59:59Z',
  '+275760-09-13',
  '2026-01-01T00:00:00+99:99',
  'a'.repeat(3000),
  Buffer.from('{"value":{"$gt":""},"id":"x"}').toString('base64url'),
  Buffer.from('{"value":"a","id":"\u0000é$"}').toString('base64url'),
  Buffer.from('["a",{"$ne":1}]').toString('base64url'),
  '1.1',
  '999999999999.999999',
];
const shapes: readonly ((name: string, value: string) => string)[] = [
  (name, value) => `${name}=${value}`,
  (name, value) => `${name}[]=${value}&${name}[]=${value}`,
  (name, value) => `${name}[$gt]=${value}`,
  (name, value) => `${name}[__proto__][a]=${value}`,
  (name, value) => `${name}=${value}&${name}=${value}`,
];

const operation = v.object({
  parameters: v.optional(v.array(v.object({ name: v.string(), in: v.string() })), []),
});
const openapi = v.object({ paths: v.record(v.string(), v.object({ get: v.optional(operation) })) });

it('no query and no path of the holder of a key makes a route fail', async () => {
  const document = v.parse(openapi, (await app.get('/openapi.json')).body);
  const asks: string[] = [];
  for (const [path, { get }] of Object.entries(document.paths)) {
    if (get === undefined) continue;
    const names = get.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    for (const value of values) {
      const encoded = encodeURIComponent(Buffer.from(value).toString());
      const filled = path.replace(/\{\w+\}/g, encoded || '%20');
      asks.push(filled);
      for (const name of names)
        for (const shape of shapes) asks.push(`${path.replace(/\{\w+\}/g, 'a')}?${shape(name, encoded)}`);
    }
    asks.push(
      `${path.replace(/\{\w+\}/g, 'a')}?${'a[b]'.repeat(500)}=1`,
      `${path.replace(/\{\w+\}/g, 'a')}?${'x=1&'.repeat(2500)}`,
    );
  }
  const failed: string[] = [];
  let tried = 0;
  const lane = async () => {
    for (let ask = asks.pop(); ask !== undefined; ask = asks.pop()) {
      const answer = await fetch(app.url + ask, { headers: { 'x-apikey': app.apiKey } });
      const text = await answer.text();
      tried += 1;
      if (answer.status >= 500) failed.push(`${answer.status} ${ask.slice(0, 200)} ${text.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: 10 }, lane));
  expect(tried).toBeGreaterThan(10_000);
  expect(failed).toEqual([]);
}, 500_000);
