import { connect, type Socket } from 'node:net';
import * as v from 'valibot';
import { expect, it, onTestFinished } from 'vitest';
import { startTour, type Tour, temporaryFolder, writeBundle } from './tour';

/** An app that answers how many of its handlers are at work with a body at once, after a turn or two. */
const workingBundle = `let working = 0; let most = 0; const held = []; var EntryPoint = { default: { routehooks: {
  'POST /work': [async (req, res) => {
    working += 1;
    most = Math.max(most, working);
    await new Promise((resolve) => setTimeout(resolve, 5));
    working -= 1;
    res.json({ received: req.rawBody.length, most });
  }],
  'POST /hold': [(req, res) => new Promise((resolve) => held.push(() => { res.json({}); resolve(); }))],
  'GET /held': [(req, res) => res.json({ held: held.length })],
  'GET /large': [(req, res) => res.send('x'.repeat(64 * 1024 * 1024))],
  'GET /listed': [(req, res) => res.json({ on() {}, json(target) { (async () => {
    for (let part = 0; part < 640; part += 1) { written = part; await target.write('x'.repeat(100 * 1024)); }
    target.end();
  })(); } })],
  'GET /written': [(req, res) => res.json({ written })],
}, jobhooks: { '* * * * *': [(req, res) => { for (const give of held) give(); res.end(); }] } } }; let written = -1;`;

const startApp = (limits: Parameters<typeof startTour>[0]) =>
  startTour({ directory: temporaryFolder(), app: writeBundle(workingBundle), ...limits });

/** A connection that writes a text and then, if asked to, a byte again and again. */
function open({ port }: Tour, text: string, drips = false): { socket: Socket; closed: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (part) => {
    answer += part;
  });
  if (text !== '') socket.write(text);
  const dripping = drips ? setInterval(() => socket.write('x'), 20) : undefined;
  const closed = new Promise<string>((resolve) => {
    // The space may cut the connection while a byte is on its way.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(dripping);
      resolve(answer);
    });
  });
  onTestFinished(() => {
    socket.destroy();
  });
  return { socket, closed };
}

const head = (tour: Tour, path: string, headers = '') =>
  `POST /dev${path} HTTP/1.1\r\nHost: x\r\nx-apikey: ${tour.apiKey}\r\n${headers}\r\n`;

/** Connections of each kind. */
const each = 25;

it.each([
  ['say nothing', () => ''],
  ['drip a header', () => 'POST /dev/work HTTP/1.1\r\nHost: x'],
  ['drip a body', (tour: Tour) => `${head(tour, '/work', 'Content-Length: 5000\r\n')}x`],
  ['drip a large body', (tour: Tour) => `${head(tour, '/work', 'Content-Length: 900000\r\n')}x`],
  ['drip chunks', (tour: Tour) => `${head(tour, '/work', 'Transfer-Encoding: chunked\r\n')}1\r\nx\r\n`],
])('senders that %s keep nobody out, and make room for each other', async (_, text) => {
  const tour = await startApp({
    limits: { maxOpenRequests: 2, maxIdleConnections: 100, maxIdleConnectionsPerAddress: 10 },
  });
  const order: number[] = [];
  const crowd = Array.from({ length: each }, (_unused, number) => {
    const { socket, closed } = open(tour, text(tour));
    closed.then(() => order.push(number));
    return { socket, closed };
  });
  // The oldest make room: all but as many as one address may have.
  await Promise.all(crowd.slice(0, each - 10).map(({ closed }) => closed));
  for (let call = 0; call < 20; call += 1)
    expect((await tour.call('/work', { method: 'POST', body: 'genuine' })).status).toBe(200);
  expect(order.length).toBeGreaterThanOrEqual(each - 10);
  expect(crowd.at(-1)?.socket.destroyed).toBe(false);
  await tour.stop(100);
  expect(tour.logged.map(({ text: line }) => line)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /^Refused \d+ in a minute: connection closed: places are short .* 127\.0\.0\.1\.$/,
      ),
    ]),
  );
});

it('senders that say nothing do not hold up a stop', async () => {
  const tour = await startApp({ limits: { headersMs: 600_000, requestMs: 600_000 } });
  const crowd = Array.from({ length: each }, () => open(tour, ''));
  await Promise.all(crowd.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
  expect((await tour.call('/held')).status).toBe(200);
  await tour.stop(600_000);
  await Promise.all(crowd.map(({ closed }) => closed));
});

it('a body that goes on arriving, but too slowly, is refused', async () => {
  const tour = await startApp({ limits: { graceMs: 100 } });
  const dripping = open(tour, `${head(tour, '/work', 'Content-Length: 5000\r\n')}x`, true);
  expect(await dripping.closed).toMatch(/^HTTP\/1\.1 408 /);
});

it('bodies that do not fit wait for their turn, and none is lost', async () => {
  const tour = await startApp({ limits: { bytesInFlight: 200_000 } });
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => tour.call('/work', { method: 'POST', body: 'x'.repeat(90_000) })),
  );
  const answer = v.object({ received: v.literal(90_000), most: v.number() });
  const most: number[] = [];
  for (const response of answers) {
    expect(response.status).toBe(200);
    most.push(v.parse(answer, await response.json()).most);
  }
  expect(Math.max(...most)).toBeLessThanOrEqual(2);
});

it('a body that waits for room for too long is refused, and told when to come again', async () => {
  const tour = await startApp({ limits: { bytesInFlight: 100_000, roomMs: 50 } });
  const post = (path: string) => tour.call(path, { method: 'POST', body: 'x'.repeat(90_000) });
  const held = post('/hold');
  while ((await (await tour.call('/held')).text()) !== '{"held":1}');
  const refused = await post('/work');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({ error: 'unavailable' });
  // What is small has to fit, too, and what has no body needs no room.
  expect((await tour.call('/work', { method: 'POST', body: 'x'.repeat(20_000) })).status).toBe(503);
  expect((await tour.call('/held')).status).toBe(200);
  await tour.runJobs();
  expect((await held).status).toBe(200);
  expect((await post('/work')).status).toBe(200);
});

it('a large body that stops on its way loses its room to one that waits', async () => {
  const tour = await startApp({ limits: { bytesInFlight: 100_000, graceMs: 5000 } });
  const lazy = open(tour, `${head(tour, '/work', 'Content-Length: 90000\r\n')}${'x'.repeat(60_000)}`);
  const steady = await tour.call('/work', { method: 'POST', body: 'x'.repeat(90_000) });
  expect(steady.status).toBe(200);
  await lazy.closed;
});

it('readers that read nothing hold no place, and are closed', async () => {
  const tour = await startApp({ limits: { maxOpenRequests: 1, graceMs: 100, leastBytesPerSecond: 1e9 } });
  const request = `GET /dev/large HTTP/1.1\r\nHost: x\r\nx-apikey: ${tour.apiKey}\r\n\r\n`;
  const readers = Array.from({ length: 3 }, () => open(tour, ''));
  for (const { socket } of readers) {
    socket.pause();
    socket.write(request);
  }
  // As soon as the answers are given their places are free.
  while ((await tour.call('/held')).status !== 200);
  for (const { socket, closed: over } of readers) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    socket.resume();
    expect((await over).length).toBeLessThan(64 * 1024 * 1024);
  }
  await tour.stop();
  // Which rule closes one depends on how much the kernel has taken of its answer.
  const closings = tour.logged.map(({ text }) =>
    /^Refused (\d) in a minute: connection closed: (?:it reads too slowly|too much waits to be read)/.exec(
      text,
    ),
  );
  expect(closings.reduce((sum, closing) => sum + Number(closing?.[1] ?? 0), 0)).toBe(3);
});

it('a list is written no faster than it is read', async () => {
  const tour = await startApp({});
  const { socket, closed } = open(tour, '');
  socket.pause();
  socket.write(
    `GET /dev/listed HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-apikey: ${tour.apiKey}\r\n\r\n`,
  );
  const written = async () => (await tour.call('/written')).text();
  let before = '';
  let now = '{"written":-1}';
  // It comes to a stop before its end: what the kernel takes is less than all of it.
  while (now === '{"written":-1}' || now !== before) {
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 300));
    now = await written();
  }
  expect(now).not.toBe('{"written":639}');
  socket.resume();
  expect((await closed).length).toBeGreaterThan(640 * 100 * 1024);
  expect(await written()).toBe('{"written":639}');
});

it('a client that sends request after request without reading an answer is closed', async () => {
  const tour = await startApp({});
  const request = `GET /dev/held HTTP/1.1\r\nHost: x\r\nx-apikey: ${tour.apiKey}\r\n\r\n`;
  await open(tour, `${head(tour, '/hold', 'Content-Length: 1\r\n')}x${request.repeat(30)}`).closed;
  expect((await tour.call('/held')).status).toBe(200);
});

it('refusals are counted, so that other lines stay in the log', async () => {
  const tour = await startApp({ adminToken: 'the-admin-token-0123' });
  const get = (path: string, headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${tour.port}${path}`, { headers });
  for (let count = 0; count < 8; count += 1) {
    await get('/dev/held', {});
    await get('/dev/held', { 'x-apikey': 'wrong' });
    await get('/dev/_A_D_M_logs', {});
  }
  await get('/dev/_A_D_M_logs', { 'x-admintoken': 'wrong' });
  await tour.stop();
  const lines = tour.logged.map(({ text }) => text);
  expect(lines.filter((line) => line.startsWith('Refused'))).toEqual([
    'Refused 8 in a minute: no API key; 8 from 127.0.0.1.',
    'Refused 8 in a minute: wrong API key; 8 from 127.0.0.1.',
    'Refused 8 in a minute: no admin token; 8 from 127.0.0.1.',
    'Refused 1 in a minute: wrong admin token; 1 from 127.0.0.1.',
  ]);
});

it('answers to wrong keys are held back, and a right key is served meanwhile', async () => {
  const tour = await startApp({ limits: { wrongKeyDelayMs: 1e6 }, adminToken: 'the-admin-token-0123' });
  const guess = () => fetch(`${tour.url}/held`, { headers: { 'x-apikey': 'wrong' } });
  for (let count = 0; count < 10; count += 1) expect((await guess()).status).toBe(401);
  // The delay grows by 50 ms: behind these, further answers come later and later.
  const order: string[] = [];
  const guesses = Array.from({ length: 20 }, () => guess().then(() => order.push('wrong')));
  await tour.call('/held').then(() => order.push('right'));
  await Promise.all(guesses);
  expect(order.indexOf('right')).toBeLessThan(20);
  expect(order).toHaveLength(21);
});

it('too many answers to wrong keys are not held back, but refused at once', async () => {
  const tour = await startApp({ limits: { wrongKeyDelayMs: 5000 } });
  const guess = () => fetch(`${tour.url}/held`, { headers: { 'x-apikey': 'wrong' } });
  for (let count = 0; count < 10; count += 1) await guess();
  const answers = await Promise.all(Array.from({ length: 130 }, guess));
  const statuses = answers.map(({ status }) => status);
  // How many there are of each depends on how many were over when the last came.
  expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(100);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
  expect(new Set(statuses)).toEqual(new Set([401, 429]));
  expect((await tour.call('/held')).status).toBe(200);
}, 30_000);
