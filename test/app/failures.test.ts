import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { idOfKey } from '../../src/store/ids';
import { type App, dayAgo, event, readAnswer, startApp } from './app';

const answer = v.object({
  from: v.string(),
  to: v.string(),
  domain: v.nullable(v.string()),
  failures: v.number(),
  items: v.array(
    v.object({
      domain: v.nullable(v.string()),
      provider: v.string(),
      classification: v.string(),
      code: v.nullable(v.string()),
      failures: v.number(),
      hardBounces: v.number(),
      addressIsBad: v.nullable(v.boolean()),
    }),
  ),
});

const [shop, news] = ['shop.example.com', 'news.example.com'];
/** Noon of a day that is over: nothing of it lies on either side of midnight. */
const yesterday = dayAgo(1);
const noon = Date.parse(`${yesterday}T12:00:00Z`) / 1000;
const blocked = '550-5.7.515 Access denied, the sending domain does not meet the required level.';

let app: App;
let sent = 0;
const fail = (domain: string, recipient: string, fields: object) => {
  sent += 1;
  return app.send(
    event('failed', {
      domain: { name: domain },
      recipient,
      timestamp: noon + sent,
      severity: 'permanent',
      reason: 'bounce',
      ...fields,
    }),
  );
};

beforeAll(async () => {
  app = await startApp('bundle');
  for (let n = 0; n < 38; n += 1)
    await fail(shop, `p${n}@outlook.com`, {
      'delivery-status': { code: 550, 'enhanced-code': '', message: blocked },
    });
  for (const n of [1, 2, 3])
    await fail(news, `gone${n}@gmail.com`, { 'delivery-status': { code: 550, 'enhanced-code': '5.1.1' } });
  await fail(news, 'full@gmail.com', { reason: 'generic', 'delivery-status': { 'enhanced-code': '5.2.2' } });
  await fail(news, 'x@corp.example', { 'delivery-status': null });
  await fail(news, 'y@corp.example', { reason: 'suppress-bounce', 'delivery-status': { code: 605 } });
  await fail(news, 'z@corp.example', {
    severity: 'temporary',
    reason: 'generic',
    'delivery-status': { code: 421, message: '4.7.0 Try again later' },
  });
  // None of these is a failure of mail to a recipient.
  for (const flag of ['is-callback', 'is-routed', 'is-test-mode'])
    await fail(shop, 'apart@outlook.com', { flags: { [flag]: true } });
  await app.drain();
});
afterAll(() => app.stop());

const ask = async (query: string) => v.parse(answer, (await app.get(`/api/failures?${query}`)).body);
const ofYesterday = `from=${yesterday}&to=${yesterday}`;
const group = (
  domain: string,
  provider: string,
  classification: string,
  code: string | null,
  failures: number,
  hardBounces: number,
  addressIsBad: boolean | null,
) => ({ domain, provider, classification, code, failures, hardBounces, addressIsBad });

const all = [
  group(shop, 'Outlook', 'sender_blocked', '5.7.515', 38, 38, false),
  group(news, 'Gmail', 'hard_bounce', '5.1.1', 3, 3, true),
  group(news, 'Gmail', 'soft_bounce', '5.2.2', 1, 0, false),
  group(news, 'Other', 'bounce', null, 1, 1, true),
  group(news, 'Other', 'suppressed_bounce', '605', 1, 0, null),
  group(news, 'Other', 'temporary', '4.7.0', 1, 0, null),
];

it('failures are told by domain, provider, class and code, the most frequent first', async () => {
  const { items, ...rest } = await ask(ofYesterday);
  expect(rest).toEqual({ from: yesterday, to: yesterday, domain: null, failures: 45 });
  expect(items).toEqual(all);
});

it('of one domain, and of a span of days', async () => {
  expect(await ask(`${ofYesterday}&domain=SHOP.example.com`)).toMatchObject({
    domain: shop,
    failures: 38,
    items: all.slice(0, 1),
  });
  expect((await ask('')).failures).toBe(45);
  expect(await ask(`from=${dayAgo(40)}&to=${dayAgo(2)}`)).toMatchObject({ failures: 0, items: [] });
});

it('their sums are the failures of all mail, of each domain and of each provider', async () => {
  const { body } = await app.get(`/api/summary?${ofYesterday}`);
  const part = v.array(
    v.object({
      domain: v.optional(v.string()),
      provider: v.optional(v.string()),
      totals: v.object({ failures: v.number(), hardBounces: v.number() }),
    }),
  );
  const { items } = await ask(ofYesterday);
  const sum = (of: typeof items) => of.reduce((total, { failures }) => total + failures, 0);
  expect(body.totals).toMatchObject({ failures: sum(items), webhookFailures: 1, forwarded: 1, tests: 1 });
  for (const { domain, totals } of v.parse(part, body.domains))
    expect([domain, totals.failures]).toEqual([domain, sum(items.filter((item) => item.domain === domain))]);
  for (const { provider, totals } of v.parse(part, body.providers))
    expect([provider, totals.failures]).toEqual([
      provider,
      sum(items.filter((item) => item.provider === provider)),
    ]);
});

it('as a table', async () => {
  const response = await fetch(`${app.url}/api/failures.csv?${ofYesterday}`, {
    headers: { 'x-apikey': app.apiKey },
  });
  expect((await response.text()).split('\r\n').slice(0, 2)).toEqual([
    'domain,provider,classification,code,failures,hardBounces,addressIsBad',
    `${shop},Outlook,sender_blocked,5.7.515,38,38,false`,
  ]);
});

it('an event says what it means for its address, and what speaks for one that is listed', async () => {
  const meaningOf = async (recipient: string) => {
    const { body } = await app.get(`/api/events?recipient=${recipient}`);
    const [item] = v.parse(v.object({ items: v.tuple([v.object({ key: v.string() })]) }), body).items;
    return (await app.get(`/api/events/${item.key}`)).body.meaning;
  };
  expect(await meaningOf('p1@outlook.com')).toEqual({
    listedByMailgun: true,
    addressIsBad: false,
    doubt: 'sender',
  });
  expect(await meaningOf('gone1@gmail.com')).toEqual({
    listedByMailgun: true,
    addressIsBad: true,
    doubt: null,
  });
  expect(await meaningOf('full@gmail.com')).toEqual({
    listedByMailgun: false,
    addressIsBad: false,
    doubt: null,
  });
});

it('stay as they are when a person is erased, whose answer held the code', async () => {
  const { status } = await readAnswer(
    await fetch(`${app.url}/api/subscribers/p7@outlook.com`, {
      method: 'DELETE',
      headers: { 'x-apikey': app.apiKey },
    }),
  );
  expect(status).toBe(200);
  await app.drain();
  expect((await ask(ofYesterday)).items).toEqual(all);
  expect(await app.audit()).toEqual([]);
});

it('the audit finds a group that was changed, and mends it', async () => {
  const day = idOfKey(`day:${yesterday}`, 'any');
  const { failures } = await app.connection.findOne('stat_buckets', day);
  const { subjects, numbers } = v.parse(
    v.object({ subjects: v.array(v.string()), numbers: v.string() }),
    failures,
  );
  await app.connection.updateOne('stat_buckets', day, {
    $set: { failures: { subjects: subjects.map((subject) => subject.replace('5.7.515', '5.7.1')), numbers } },
  });
  expect((await ask(ofYesterday)).items[0]?.code).toBe('5.7.1');
  expect((await app.audit()).length).toBeGreaterThan(0);
  await app.audit(true);
  expect((await ask(ofYesterday)).items).toEqual(all);
  expect(await app.audit()).toEqual([]);
});

it.each([
  ['from=yesterday', 'from'],
  [`from=${yesterday}&to=${dayAgo(2)}`, 'from'],
  ['from=2020-01-01', 'from'],
  ['provider=Gmail', 'provider'],
])('?%s is answered with what is wrong', async (query, name) => {
  const { status, body } = await app.get(`/api/failures?${query}`);
  expect([status, body.error]).toEqual([400, 'invalid_parameter']);
  expect(body.detail).toContain(name);
});
