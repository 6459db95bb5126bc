import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { createRandom } from '../../tools/simulate/plan/random';

// Mailgun's record of one domain, in a process of its own: rows are made when they are asked for, and each answer takes
// 50 to 300 ms. Arguments: how many rows, the time of the first in seconds since 1970, over how many seconds they spread, the
// rows of a page, and `events` or `logs`, the API that is there.

const [rows = 0, first = 0, seconds = 1, pageSize = 100] = process.argv.slice(2, 6).map(Number);
const api = process.argv[6] ?? 'logs';
const random = createRandom(1);

const question = v.object({ pagination: v.object({ token: v.optional(v.string()) }) });

function row(n: number): object {
  return {
    event: 'delivered',
    id: `row-${n}`,
    'log-level': 'info',
    recipient: `person${n}@example.com`,
    'recipient-domain': 'example.com',
    domain: { name: 'mg.example.com' },
    account: { id: 'account' },
    tags: ['newsletter', `campaign-${n % 20}`],
    message: {
      headers: { 'message-id': `message-${n}@mg.example.com`, from: 'news@example.com' },
      size: 20_000,
    },
    envelope: { sender: 'bounce@mg.example.com', 'sending-ip': '192.0.2.1', transport: 'smtp', targets: '' },
    flags: { 'is-authenticated': true, 'is-routed': false, 'is-system-test': false, 'is-test-mode': false },
    'delivery-status': { code: 250, 'attempt-no': 1, 'mx-host': 'mx.example.com', 'session-seconds': 0.2 },
    'user-variables': api === 'logs' ? '{}' : {},
    ...(api === 'logs'
      ? { '@timestamp': new Date(timeOf(n) * 1000).toISOString() }
      : { timestamp: timeOf(n) }),
  };
}

function timeOf(n: number): number {
  return Math.round((first + (n * seconds) / rows) * 1000) / 1000;
}

let pages = 0;
let given = 0;

function page(start: number): { items: object[]; next: number } {
  const items = Array.from({ length: Math.max(0, Math.min(pageSize, rows - start)) }, (_, at) =>
    row(start + at),
  );
  pages += 1;
  given = Math.max(given, start + items.length);
  return { items, next: start + items.length };
}

/** The number of the first row at or behind a time. */
function firstFrom(time: number): number {
  return Math.max(0, Math.min(rows, Math.ceil(((time - first) * rows) / seconds)));
}

function answer(method: string, url: URL, body: string): { status: number; body: object } {
  if (url.pathname.startsWith('/v4/domains'))
    return { status: 200, body: { domain: { name: 'mg.example.com' } } };
  const events = /^\/v3\/mg\.example\.com\/events(?:\/(\d+))?$/.exec(url.pathname);
  if (events !== null) {
    if (api === 'logs') return { status: 410, body: { message: 'Gone' } };
    const { items, next } = page(Number(events[1] ?? firstFrom(Number(url.searchParams.get('begin')))));
    return {
      status: 200,
      body: { items, paging: { next: `${url.origin}/v3/mg.example.com/events/${next}` } },
    };
  }
  if (method !== 'POST' || url.pathname !== '/v1/analytics/logs') return { status: 404, body: {} };
  const asked: unknown = JSON.parse(body);
  const { token } = v.parse(question, asked).pagination;
  const { start } = v.parse(v.object({ start: v.string() }), asked);
  const { items, next } = page(token === undefined ? firstFrom(Date.parse(start) / 1000) : Number(token));
  return { status: 200, body: { items, pagination: { next: items.length === 0 ? '' : String(next) } } };
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  if (url.pathname === '/counts') {
    response.end(JSON.stringify({ pages, given }));
    return;
  }
  await pause(random.integer(50, 300));
  const { status, body } = answer(request.method ?? 'GET', url, Buffer.concat(chunks).toString());
  response.writeHead(status, { 'content-type': 'application/json', date: new Date().toUTCString() });
  response.end(JSON.stringify(body));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object')
    process.send?.({ url: `http://127.0.0.1:${address.port}` });
});
