import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../local/connection';
import { silentDestination } from '../notices/silent-destination';
import { type App, dayAgo, event, signingKey, startApp } from './app';

const yesterday = dayAgo(1);
const at = (time: string) => Date.parse(`${yesterday}T${time}Z`) / 1000;

/** Which of the calls for the outbox of digests fails, and whether it has had its effect. */
let fault: { call: number; isLate: boolean } | null = null;
let calls = 0;

function observed(connection: Connection): Connection {
  const mayFail = async <Result>(collection: string, call: () => Promise<Result>): Promise<Result> => {
    if (collection !== 'digests') return call();
    const isFaulty = fault?.call === calls;
    calls += 1;
    if (isFaulty && !fault?.isLate) throw new Error('The instance has died before the call.');
    const result = await call();
    if (isFaulty) throw new Error('The instance has died behind the call.');
    return result;
  };
  return {
    ...connection,
    findOneOrNull: (collection, query) =>
      mayFail(collection, () => connection.findOneOrNull(collection, query)),
    updateOne: (collection, query, update, options) =>
      mayFail(collection, () => connection.updateOne(collection, query, update, options)),
  };
}

const delivery = v.object({ noticeKey: v.string(), notice: v.pipe(v.string(), v.parseJson()) });

/** What somebody was told: a delivery for each notice. */
async function published() {
  const documents = await app.connection.find('deliveries').toArray();
  return documents.map((document) => {
    const { noticeKey: key, notice } = v.parse(delivery, document);
    return { key, notice };
  });
}

const digest = v.looseObject({
  key: v.string(),
  title: v.string(),
  text: v.string(),
  totals: v.record(v.string(), v.number()),
  rates: v.record(v.string(), v.nullable(v.number())),
  before: v.looseObject({ totals: v.record(v.string(), v.number()) }),
});

let app: App;
beforeAll(async () => {
  const env = {
    MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
    DIGEST: 'daily',
    DIGEST_HOUR: String(new Date().getUTCHours()),
    PUBLIC_URL: 'https://mail.example.com/dev',
    ...silentDestination,
  };
  app = await startApp('bundle', { env, wrapConnection: observed });
  app.stopClock();
  const bad = { severity: 'permanent', reason: 'bounce', 'delivery-status': { code: 550 } };
  const mail = (n: number) => ({
    recipient: `p${n}@gmail.com`,
    tags: ['bad-list'],
    timestamp: at('12:00:00') + n,
  });
  const count = 60;
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      app.send(n < 50 ? event('delivered', mail(n)) : event('failed', { ...mail(n), ...bad })),
    ),
  );
  for (const n of [1, 2]) await app.send(event('complained', mail(n)));
  // The week before, and today.
  await app.send(event('delivered', { timestamp: at('12:00:00') - 3 * 86_400 }));
  await app.send(event('delivered'));
  await app.drain();
});
afterAll(() => app.stop());

const run = () => app.runJobs('* * * * *');

async function forget(): Promise<void> {
  fault = null;
  for (const name of ['digests', 'deliveries']) await app.connection.removeMany(name, {});
  calls = 0;
}

describe('the digest of a day', () => {
  beforeEach(forget);

  it('is published once, with the numbers of the API', async () => {
    await run();
    await run();
    const told = await published();
    expect(told.map(({ key }) => key)).toEqual([`digest:daily:${yesterday}`]);
    const { body: summary } = await app.get(`/api/summary?from=${yesterday}&to=${yesterday}`);
    const notice = v.parse(v.looseObject({ data: v.looseObject({}) }), told[0]?.notice);
    expect(notice).toMatchObject({
      kind: 'digest',
      name: 'daily',
      title: expect.stringContaining('60 sent, 83.3 % delivered'),
      data: { totals: summary.totals, rates: summary.rates, before: { totals: { delivered: 1 } } },
    });
    const text = v.parse(v.looseObject({ text: v.string() }), told[0]?.notice).text;
    expect(text).toContain('bad-list: 4.0 % complaints, 16.7 % bounced of 60 messages');
    expect(text).toContain(
      `https://mail.example.com/dev/dashboard#/campaigns/bad-list?range=own&from=${yesterday}&to=${yesterday}`,
    );
    expect(text).toContain('- Gmail: 4.0 % complaints, 16.7 % bounced of 60 messages');
  });

  it('is the same for everybody when several make it at once', async () => {
    await Promise.all([run(), run(), run()]);
    await run();
    expect((await published()).length).toBe(1);
    expect(await app.connection.count('digests', { isUnpublished: true })).toBe(0);
  });

  it('stays what it was, although events come late', async () => {
    await run();
    const [first] = await published();
    // What stands in the outbox is what a destination that is added later would be told.
    const written = async () =>
      (await app.connection.getMany('digests', {}).toArray()).map(({ notice }) => notice);
    const before = await written();
    await app.send(event('delivered', { timestamp: at('13:00:00') }));
    await app.drain();
    await run();
    expect(await published()).toEqual([first]);
    expect(await written()).toEqual(before);
  });

  it('is published once wherever an instance dies, and the next run brings it to its end', async () => {
    await run();
    const all = calls;
    expect(all).toBeGreaterThan(3);
    for (const isLate of [false, true])
      for (let call = 0; call < all; call += 1) {
        await forget();
        fault = { call, isLate };
        await run();
        fault = null;
        await run();
        expect({ call, isLate, told: (await published()).length }).toEqual({ call, isLate, told: 1 });
        await run();
        expect((await published()).length).toBe(1);
      }
  });
});

it('is previewed by the API, and nobody is told', async () => {
  await forget();
  const daily = v.parse(digest, (await app.get('/api/digest')).body);
  const { body: summary } = await app.get(`/api/summary?from=${yesterday}&to=${yesterday}`);
  expect(daily).toMatchObject({ key: `digest:daily:${yesterday}`, totals: summary.totals });
  const weekly = v.parse(digest, (await app.get('/api/digest?period=weekly')).body);
  expect(weekly.key).toMatch(/^digest:weekly:/);
  expect((await app.get('/api/digest?period=hourly')).status).toBe(400);
  expect(await published()).toEqual([]);
});
