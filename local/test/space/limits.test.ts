import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTour, type Tour, temporaryFolder, writeBundle } from './tour';

/** An app that says how large a body was announced and how much of it came. */
const echoBundle = `var EntryPoint = { default: { routehooks: { 'POST /echo': [(req, res) => res.json({
  announced: req.headers['content-length'], received: req.rawBody.length,
})] } } };`;

let tour: Tour;
beforeAll(async () => {
  tour = await startTour({
    limits: { maxBodyBytes: 1000, graceMs: 100, headersMs: 200, handlerMs: 100 },
    switches: { oversizeBody: 'refused' },
  });
});

/** Writes raw text to the space, keeps the connection open, and collects the answer until it is closed. */
function send(text: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const socket = connect(tour.port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (part) => {
      received += part;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', body = ''] = received.split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1]), body: JSON.parse(body) });
    });
  });
}

const post = (headers: string, body: string) =>
  send(`POST /dev/echo HTTP/1.1\r\nHost: x\r\nx-apikey: ${tour.apiKey}\r\n${headers}\r\n\r\n${body}`);

describe('a sender', () => {
  it('whose body is announced too large is refused before it sends', async () => {
    const { status, body } = await post('Content-Length: 1001', '');
    expect(status).toBe(413);
    expect(body).toMatchObject({ error: 'payload_too_large' });
  });

  it('whose body turns out too large is refused', async () => {
    const { status } = await post('Transfer-Encoding: chunked', `3e9\r\n${'x'.repeat(1001)}\r\n`);
    expect(status).toBe(413);
  });

  it('gets the refusal although it is still sending', async () => {
    const response = await tour.call('/echo', { method: 'POST', body: 'x'.repeat(3_000_000) });
    expect(response.status).toBe(413);
  });

  it('may send exactly as much as is allowed', async () => {
    const response = await tour.call('/echo', { method: 'POST', body: 'x'.repeat(1000) });
    expect(response.status).toBe(200);
  });

  it('that falls silent within the body is refused', async () => {
    const { status, body } = await post('Content-Length: 10', 'half');
    expect(status).toBe(408);
    expect(body).toMatchObject({ error: 'request_timeout' });
  });

  it('that falls silent within the headers is refused', async () => {
    const { status, body } = await send('POST /dev/echo HTTP/1.1\r\nHost: x\r\n');
    expect(status).toBe(408);
    expect(body).toMatchObject({ error: 'request_timeout' });
  });

  it('that does not speak HTTP is refused', async () => {
    const { status, body } = await send('nonsense\r\n\r\n');
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: 'bad_request' });
  });

  it('whose headers are too large is refused', async () => {
    const { status } = await send(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(status).toBe(431);
  });

  it('that goes away harms nobody', async () => {
    const socket = connect(tour.port, '127.0.0.1');
    socket.write('POST /dev/public/hello HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    expect((await tour.call('/public/hello')).status).toBe(200);
  });
});

it('a body that is too large is kept from the handler, which answers itself', async () => {
  const { url, apiKey } = await startTour({
    directory: temporaryFolder(),
    app: writeBundle(echoBundle),
    limits: { maxBodyBytes: 1000 },
  });
  const echo = async (size: number) => {
    const response = await fetch(`${url}/echo`, {
      method: 'POST',
      headers: { 'x-apikey': apiKey },
      body: 'x'.repeat(size),
    });
    return { status: response.status, answer: await response.json() };
  };
  expect(await echo(1000)).toEqual({ status: 200, answer: { announced: '1000', received: 1000 } });
  expect(await echo(1001)).toEqual({ status: 200, answer: { announced: '1001', received: 0 } });
  expect(await echo(16_001)).toMatchObject({ status: 413 });
});

/** An app whose answer takes longer than a handler may be silent, and one whose answer stops half-way. */
const slowBundle = `var EntryPoint = { default: { routehooks: {
  'GET /slow': [async (req, res) => {
    for (let part = 0; part < 6; part += 1) {
      res.write('part ' + part + ' ');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    res.end();
  }],
  'GET /stops': [(req, res) => { res.write('part 0 '); }],
} } };`;

it('an answer may take long as long as it moves, and is broken off when it stops', async () => {
  const { url, apiKey } = await startTour({
    directory: temporaryFolder(),
    app: writeBundle(slowBundle),
    limits: { handlerMs: 1000 },
  });
  const read = async (path: string) => (await fetch(url + path, { headers: { 'x-apikey': apiKey } })).text();
  expect(await read('/slow')).toBe('part 0 part 1 part 2 part 3 part 4 part 5 ');
  await expect(read('/stops')).rejects.toThrow();
});

it('a handler that never answers is answered for', async () => {
  const response = await tour.call('/silent');
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({ error: 'timeout' });
});

/** An app that holds two answers back, and gives both when it is asked a third time. */
const patientBundle = `const held = []; var EntryPoint = { default: { routehooks: {
  'GET /wait': [(req, res) => new Promise((resolve) => held.push(() => { res.json({}); resolve(); }))],
  'GET /hello': [(req, res) => res.json({ held: held.length })],
}, jobhooks: { '* * * * *': [(req, res) => { for (const give of held) give(); res.end(); }] } } };`;

it('of more requests than may wait at once the rest is refused, and told when to come again', async () => {
  const { url, apiKey, runJobs } = await startTour({
    directory: temporaryFolder(),
    app: writeBundle(patientBundle),
    limits: { maxOpenRequests: 3 },
  });
  const call = (path: string) => fetch(url + path, { headers: { 'x-apikey': apiKey } });
  const held = [call('/wait'), call('/wait')];
  while ((await (await call('/hello')).text()) !== '{"held":2}');
  held.push(call('/wait'));
  let refused = await call('/hello');
  while (refused.status === 200) refused = await call('/hello');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toMatchObject({ error: 'unavailable' });
  await runJobs();
  for (const answer of held) expect((await answer).status).toBe(200);
  expect((await call('/hello')).status).toBe(200);
});
