import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, dayAgo, event, startApp } from './app';

const items = v.object({ items: v.array(v.record(v.string(), v.unknown())), next: v.nullable(v.string()) });

const zero = dayAgo(62);
const one = dayAgo(61);
const two = dayAgo(60);
const at = (time: string) => Date.parse(time) / 1000;

let app: App;
beforeAll(async () => {
  app = await startApp('bundle');
  // Two days of two domains: day one with 1 delivery and a bounce, day two with 4 deliveries and a person's clicks.
  const shop = { domain: { name: 'shop.example.com' }, tags: ['Welcome'] };
  const news = { domain: { name: 'news.example.com' }, tags: ['news-1', 'News'] };
  const person = (n: number) => `p${n}@gmail.com`;
  const first = `${one}T10:00:00Z`;
  const second = `${two}T10:00:00Z`;
  await app.send(event('delivered', { ...shop, recipient: person(1), timestamp: at(first) }));
  await app.send(
    event('failed', {
      ...shop,
      recipient: 'x@corp.example',
      severity: 'permanent',
      reason: 'bounce',
      timestamp: at(first),
    }),
  );
  for (const n of [1, 2, 3, 4])
    await app.send(event('delivered', { ...news, recipient: person(n), timestamp: at(second) + n }));
  await app.send(event('opened', { ...news, recipient: person(1), timestamp: at(`${two}T11:30:00Z`) }));
  await app.send(event('opened', { ...news, recipient: person(1), timestamp: at(`${two}T11:31:00Z`) }));
  await app.send(
    event('clicked', {
      ...news,
      recipient: person(1),
      timestamp: at(`${two}T11:32:00Z`),
      url: 'https://example.com/',
    }),
  );
  await app.drain();
});
afterAll(() => app.stop());

const list = async (path: string) => v.parse(items, (await app.get(path)).body).items;

it('a summary of a span has its totals, its days, and the change against the span before', async () => {
  const { body } = await app.get(`/api/summary?from=${two}&to=${two}`);
  expect(body).toMatchObject({
    from: two,
    to: two,
    totals: { delivered: 4, opens: 2, uniqueOpens: 1, permanentFailures: 0 },
    rates: { delivery: 1, open: 0.5, uniqueOpen: 0.25, click: 0.25, clickToOpen: 1 },
    days: { [two]: { delivered: 4 } },
    before: { from: one, to: one, totals: { delivered: 1, permanentFailures: 1 } },
    change: {
      totals: { delivered: 3, permanentFailures: -1, opens: null },
      rates: { delivery: 0.5, open: 0.5, clickToOpen: null },
    },
    health: { status: 'ok', pending: 0, dead: 0, oldestPendingSeconds: null },
  });
  expect(Object.keys(v.parse(v.object({ days: v.record(v.string(), v.unknown()) }), body).days)).toEqual([
    two,
  ]);
});

it('without a span it has everything, nothing to compare with, and the largest providers and domains first', async () => {
  const { body } = await app.get('/api/summary');
  expect(body).toMatchObject({
    from: null,
    totals: { delivered: 5, permanentFailures: 1 },
    before: null,
    change: null,
    providers: [
      { provider: 'Gmail', totals: { delivered: 5, uniqueOpens: 1 } },
      { provider: 'Other', totals: { permanentFailures: 1 }, rates: { delivery: 0 } },
    ],
    domains: [
      { domain: 'news.example.com', totals: { delivered: 4, uniqueClicks: 1 } },
      { domain: 'shop.example.com', totals: { delivered: 1 } },
    ],
  });
});

it('a summary and a timeline can be of one sending domain', async () => {
  expect((await app.get('/api/summary?domain=Shop.example.com')).body).toMatchObject({
    domain: 'shop.example.com',
    totals: { delivered: 1, permanentFailures: 1, opens: 0 },
    providers: [],
  });
  expect(await list(`/api/timeline?domain=shop.example.com&from=${one}&to=${two}`)).toMatchObject([
    { delivered: 1 },
    { delivered: 0 },
  ]);
});

it('a timeline has every step of its span, by day and by hour', async () => {
  expect(await list(`/api/timeline?from=${zero}&to=${two}`)).toMatchObject([
    { start: `${zero}T00:00:00.000Z`, delivered: 0, rates: { delivery: null } },
    { start: `${one}T00:00:00.000Z`, delivered: 1 },
    { start: `${two}T00:00:00.000Z`, delivered: 4, uniqueOpens: 1 },
  ]);
  const hours = await list(`/api/timeline?by=hour&from=${two}T09:00:00Z&to=${two}T12:00:00Z&tag=news-1`);
  expect(hours).toMatchObject([
    { start: `${two}T09:00:00.000Z`, delivered: 0 },
    { start: `${two}T10:00:00.000Z`, delivered: 4 },
    {
      start: `${two}T11:00:00.000Z`,
      opens: 2,
      uniqueOpens: 1,
      uniqueClicks: 1,
      rates: { clickToOpen: 1 },
    },
  ]);
  expect((await list('/api/timeline')).length).toBe(30);
  expect((await list('/api/timeline?by=hour')).length).toBe(24);
});

it('campaigns are sorted by what is asked for and found by the beginning of their name', async () => {
  const tags = async (query: string) => (await list(`/api/campaigns?${query}`)).map(({ tag }) => tag);
  expect(await tags('sort=tag')).toEqual(['news', 'news-1', 'welcome']);
  expect(await tags('sort=-tag')).toEqual(['welcome', 'news-1', 'news']);
  expect((await tags('sort=delivered'))[0]).toBe('welcome');
  expect((await tags('sort=-open')).at(-1)).toBe('welcome');
  expect((await tags('')).at(-1)).toBe('welcome');
  expect(await tags('search=NEWS&sort=tag')).toEqual(['news', 'news-1']);
  expect(await tags('search=ews')).toEqual([]);
  const one = (await list('/api/campaigns?search=news-1'))[0];
  expect(one).toMatchObject({
    delivered: 4,
    rates: { uniqueOpen: 0.25 },
    trend: [{ day: two, delivered: 4, uniqueOpens: 1, uniqueClicks: 1 }],
  });
  expect(one).not.toHaveProperty('days');
});

it('pages of a sorted list hold every campaign once', async () => {
  for (const sort of ['delivered', '-delivered', 'tag', '-open', 'click']) {
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await app.get(
        `/api/campaigns?sort=${sort}&limit=1${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      const page: v.InferOutput<typeof items> = v.parse(items, body);
      seen.push(...page.items.map(({ tag }) => tag));
      cursor = page.next;
    } while (cursor !== null);
    expect([...seen].sort()).toEqual(['news', 'news-1', 'welcome']);
  }
});

it('refused requests are counted per day', async () => {
  await app.send(event('delivered'), null);
  const days = await list('/api/refusals');
  expect(days.length).toBe(14);
  expect(days.at(-1)).toMatchObject({ total: 1, reasons: { invalid_signature: 1, replay_attack: 0 } });
});

it.each([
  ['/api/summary?from=yesterday', 'from'],
  ['/api/summary?from=2026-02-30', 'from'],
  ['/api/summary?from=2026-05-02&to=2026-05-01', 'to'],
  ['/api/timeline?by=minute', 'by'],
  ['/api/timeline?by=hour&from=2026-05-01&to=2026-05-31', 'from'],
  ['/api/timeline?from=2026-05-02&to=2026-05-01', 'from'],
  ['/api/timeline?tag=a&domain=b', 'tag and domain'],
  ['/api/campaigns?sort=colour', 'sort'],
  ['/api/campaigns.csv?limit=10', 'limit'],
  ['/api/refusals?from=2026-01-01', 'from'],
])('%s is answered with what is wrong', async (path, name) => {
  const { status, body } = await app.get(path);
  expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_parameter' });
  expect(body.detail).toContain(name);
});

it('the audit agrees', async () => {
  expect(await app.audit()).toEqual([]);
});
