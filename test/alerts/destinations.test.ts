import { createServer } from 'node:http';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, event } from '../app/app';
import { listen } from '../http/listen';
import { type Receiver, startReceiver } from '../notices/receiver';
import { addDestination, deliveriesOf, secret, startTelling, untilOver } from '../notices/space';

const checking = '*/1 * * * *';
/** A small sender's thresholds: the test sends dozens of events, not thousands. */
const thresholds = {
  complaints: { minVolume: 20, minCount: 2 },
  'hard-bounces': { minVolume: 20, minCount: 3 },
  delivery: { warn: null, critical: null },
};
const expected = ['complaints opened tag:bad-list', 'hard-bounces opened tag:bad-list'];

const body = v.object({ data: v.object({ rule: v.string(), step: v.string(), scope: v.string() }) });

/** What a body tells, in a line. */
function told(text: string): string {
  const { rule, step, scope } = v.parse(body, JSON.parse(text)).data;
  return `${rule} ${step} ${scope}`;
}

/** A destination that answers when it is told to, and not before. */
async function startSlow() {
  const bodies: string[] = [];
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push(Buffer.concat(chunks).toString());
    await answered;
    response.end('ok');
  });
  return { bodies, answer: () => answer(), ...(await listen(server)) };
}

let app: App;
let receiver: Receiver;
let slow: Awaited<ReturnType<typeof startSlow>>;
beforeAll(async () => {
  [receiver, slow] = await Promise.all([startReceiver(), startSlow()]);
  app = await startTelling({ ALERT_THRESHOLDS: JSON.stringify(thresholds) });
  app.stopClock();
});
afterAll(async () => {
  slow.answer();
  await app.stop();
  await Promise.all([receiver.stop(), slow.stop()]);
});

it('a campaign with a bad list is told once each to a healthy destination, a slow one and, in the end, a dead one', async () => {
  const to = (url: string) =>
    addDestination(app, { kind: 'webhook', url, secret, filter: { kinds: ['alert'] } });
  receiver.answer('/dead', () => ({ status: 503 }));
  const dead = await to(`${receiver.url}/dead`);
  const late = await to(`${slow.url}/slow`);
  const healthy = await to(`${receiver.url}/healthy`);

  const mail = { recipient: 'bought@yahoo.com', tags: ['bad-list'] };
  const bounce = {
    severity: 'permanent',
    reason: 'bounce',
    'delivery-status': { code: 550, 'enhanced-code': '5.1.1', message: 'No such user' },
  };
  await Promise.all([
    ...Array.from({ length: 40 }, () => app.send(event('delivered', mail))),
    ...Array.from({ length: 6 }, () => app.send(event('failed', { ...mail, ...bounce }))),
    ...Array.from({ length: 3 }, () => app.send(event('complained', mail))),
  ]);
  await app.drain();
  // Two look at once, and once more: nothing is told twice.
  await Promise.all([app.runJobs(checking), app.runJobs(checking)]);
  await app.runJobs(checking);

  await untilOver(app, healthy, expected.length);
  const received = (path: string) => receiver.at(path).map((one) => told(one.body));
  expect(received('/healthy').sort()).toEqual(expected);
  // The slow one holds its first message and has answered none, and nobody waits for it.
  await expect.poll(() => slow.bodies.length, { timeout: 30_000 }).toBeGreaterThan(0);
  expect((await deliveriesOf(app, late)).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
  slow.answer();
  await untilOver(app, late, expected.length);
  expect(slow.bodies.map(told).sort()).toEqual(expected);

  expect((await untilOver(app, dead, expected.length)).map(({ state }) => state)).toEqual(['dead', 'dead']);
  receiver.answer('/dead', []);
  const before = receiver.at('/dead').length;
  await app.call('POST', `/api/destinations/${dead}/requeue`);
  await expect
    .poll(async () => (await deliveriesOf(app, dead)).map(({ state }) => state), { timeout: 30_000 })
    .toEqual(['delivered', 'delivered']);
  expect(received('/dead').slice(before).sort()).toEqual(expected);
  expect(received('/healthy')).toHaveLength(expected.length);
});
