import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Connection } from '../../local/connection';
import { harshest } from '../../local/switches/switches';
import { type App, event, signingKey, startApp } from '../app/app';
import { type Receiver, startReceiver } from './receiver';
import { addDestination, deliveriesOf, secret, sendEvents } from './space';

let app: App;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await app.stop();
  await receiver.stop();
});

const env = {
  MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
  ALERT_ALLOW_PRIVATE_DESTINATIONS: 'yes',
  ALERT_RETRY_SECONDS: '0,0,0,0',
};
const everyMinute = '* * * * *';

const webhook = (tag: string) =>
  addDestination(app, {
    kind: 'webhook',
    url: `${receiver.url}/${tag}`,
    secret,
    filter: { kinds: ['event'], tags: [tag] },
  });
const idsAt = (path: string) => receiver.at(path).map(({ headers }) => headers['webhook-id']);

it.each([
  ['on the harshest platform', { ...harshest, afterDeploy: 'serves' }],
  ['where two workers get every job at once', { jobDelivery: 'twice' }],
  ['where scheduled jobs never come', { runAt: 'never' }],
  ['where scheduled jobs come at once', { runAt: 'atOnce' }],
] as const)('%s every notice arrives once, also at one that fails at first', async (_, switches) => {
  app = await startApp('bundle', { env, switches });
  app.stopClock();
  receiver.answer('/shaky', [{ status: 500 }, { status: 500 }]);
  const destinations = { healthy: await webhook('healthy'), shaky: await webhook('shaky') };
  await sendEvents(app, 'healthy', 8);
  await sendEvents(app, 'shaky', 3);
  for (const id of Object.values(destinations))
    await expect
      .poll(
        async () => {
          // What is dropped, or never comes, is found by cron.
          await app.runJobs(everyMinute);
          return (await deliveriesOf(app, id)).filter(({ state }) => state !== 'delivered').length;
        },
        { timeout: 30_000, interval: 50 },
      )
      .toBe(0);
  expect(idsAt('/healthy')).toHaveLength(8);
  expect(new Set(idsAt('/healthy')).size).toBe(8);
  expect(new Set(idsAt('/shaky')).size).toBe(3);
  expect(idsAt('/shaky')).toHaveLength(5);
});

it('where no destination wants an event, it costs one read by id', async () => {
  const calls: string[] = [];
  const record = (connection: Connection): Connection => ({
    ...connection,
    findOneOrNull: (collection, query) => {
      calls.push(`reads ${collection}`);
      return connection.findOneOrNull(collection, query);
    },
    getMany: (collection, query, options) => {
      calls.push(`asks ${collection}`);
      return connection.getMany(collection, query, options);
    },
    updateOne: (collection, query, update, options) => {
      calls.push(`writes ${collection}`);
      return connection.updateOne(collection, query, update, options);
    },
  });
  app = await startApp('bundle', { env, wrapConnection: record });
  app.stopClock();
  await webhook('another');
  calls.length = 0;
  await app.send(event('delivered', { tags: ['wanted-by-nobody'] }));
  await expect
    .poll(() => app.connection.count('email_events', { state: 'done' }), { timeout: 10_000 })
    .toBe(1);
  expect(calls.filter((call) => /destination|deliver/.test(call))).toEqual(['reads destinations']);
});
