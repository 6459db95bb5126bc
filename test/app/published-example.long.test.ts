import { join } from 'node:path';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { type CohoSpace, json, startCoho } from '../../local/test/coho/cli';
import { readAnswer, sign, signingKey } from './app';

// The handlers that Codehooks publishes for Mailgun run on the local space too.

let space: CohoSpace;
beforeAll(async () => {
  space = await startCoho({ env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey } });
});

const deploy = async (file: string) => {
  space.cli.use(join(process.cwd(), 'test/fixtures/published-example', file));
  expect(await space.cli.print('deploy')).toContain('Deployed Codehook successfully');
};
const stored = (collection: string) => space.connection.getMany(collection).toArray();

beforeEach(async () => {
  await space.connection.removeMany('email_events', {});
});
const event = (fields: object) => ({ recipient: 'ada@example.org', timestamp: 1, ...fields });
/** Posts an event as Mailgun does: without an API key. */
const post = async (told: object, signature: object = sign()) =>
  readAnswer(await fetch(`${space.url}/mailgun/events`, json({ signature, 'event-data': told })));
const forged = () => ({ ...sign(), signature: 'f'.repeat(64) });

it('event handler: stores what is signed', async () => {
  await deploy('event-handler.js');
  expect(await post(event({ event: 'delivered' }))).toEqual({ status: 200, body: { received: true } });
  expect(await post(event({ event: 'opened' }), forged())).toMatchObject({ status: 403 });
  expect(await stored('email_events')).toMatchObject([{ event: 'delivered', recipient: 'ada@example.org' }]);
});

it('campaign analytics: counts per tag and cleans the list', async () => {
  await deploy('campaign-analytics.js');
  await space.connection.insertOne('subscribers', { email: 'ada@example.org' });
  await post(event({ event: 'opened', tags: ['spring', 'sale'] }));
  await post(event({ event: 'opened', tags: ['spring'] }));
  await post(event({ event: 'failed', severity: 'permanent', reason: 'bounce', tags: ['spring'] }));
  const counted = (await stored('campaign_stats')).map(({ tag, opens, failures }) => ({
    tag,
    opens,
    failures,
  }));
  expect(counted).toEqual([
    { tag: 'spring', opens: 2, failures: 1 },
    { tag: 'sale', opens: 1, failures: undefined },
  ]);
  expect(await stored('subscribers')).toMatchObject([{ status: 'bounced', bounceReason: 'bounce' }]);
});

it('async worker: queues first, stores later', async () => {
  await deploy('async-worker.js');
  expect(await post(event({ event: 'clicked' }))).toEqual({ status: 200, body: { queued: true } });
  await expect.poll(() => stored('email_events')).toMatchObject([{ event: 'clicked' }]);
});

it('replay prevention: takes a token once, and none that is old', async () => {
  await deploy('replay-prevention.js');
  const signature = sign();
  expect(await post(event({ event: 'opened' }), signature)).toMatchObject({ status: 200 });
  expect(await post(event({ event: 'opened' }), signature)).toMatchObject({
    body: { error: 'replay_attack' },
  });
  const old = sign({ timestamp: String(Math.floor(Date.now() / 1000) - 400) });
  expect(await post(event({ event: 'opened' }), old)).toMatchObject({
    body: { error: 'timestamp_expired' },
  });
  expect(await stored('email_events')).toHaveLength(1);
});
