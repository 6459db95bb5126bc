import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, dayAgo, event, kinds, startApp } from './app';

const list = v.object({ items: v.array(v.record(v.string(), v.unknown())), next: v.nullable(v.string()) });

describe.each(kinds)('the read API, from %s', (kind) => {
  let app: App;
  const day = dayAgo(40);
  const base = Date.parse(day) / 1000;
  beforeAll(async () => {
    app = await startApp(kind);
    for (let n = 0; n < 7; n += 1) {
      const recipient = `person${n}@example.com`;
      // Two of them share a time, as a burst of whole seconds does.
      const timestamp = base + Math.floor(n / 2) * 3600;
      await app.send(event('delivered', { recipient, tags: [`tag-${n % 2}`], timestamp, id: `d${n}` }));
      if (n < 3)
        await app.send(
          event('failed', { recipient, severity: 'permanent', reason: 'bounce', timestamp: timestamp + 60 }),
        );
    }
    await app.drain();
  });
  afterAll(() => app.stop());

  async function everyPage(path: string, limit: number) {
    const items: Array<Record<string, unknown>> = [];
    let next: string | null = null;
    do {
      const separator = path.includes('?') ? '&' : '?';
      const cursor: string = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
      const page: v.InferOutput<typeof list> = v.parse(
        list,
        (await app.get(`${path}${separator}limit=${limit}${cursor}`)).body,
      );
      expect(page.items.length).toBeLessThanOrEqual(limit);
      items.push(...page.items);
      next = page.next;
    } while (next !== null);
    return items;
  }

  it.each([1, 2, 3, 100])('pages of %i hold every event once, newest first', async (limit) => {
    const items = await everyPage('/api/events', limit);
    expect(new Set(items.map(({ key }) => key)).size).toBe(10);
    const times = items.map(({ occurredAt }) => String(occurredAt));
    expect(times).toEqual([...times].sort().reverse());
    expect((await everyPage('/api/subscribers', limit)).length).toBe(7);
    expect((await everyPage('/api/campaigns', limit)).map(({ tag }) => tag).sort()).toEqual([
      'tag-0',
      'tag-1',
    ]);
  });

  it('events are found by recipient, tag, type and message', async () => {
    const count = async (query: string) => (await everyPage(`/api/events?${query}`, 3)).length;
    expect(await count('recipient=PERSON1@example.com')).toBe(2);
    expect(await count('tag=tag-0')).toBe(4);
    expect(await count('event=failed')).toBe(3);
    expect(await count('messageId=%3Cm1@mg.example.com%3E')).toBe(10);
    expect(await count('recipient=person1@example.com&event=failed')).toBe(1);
    expect(await count('recipient=nobody@example.com')).toBe(0);
  });

  it('addresses are found by state', async () => {
    expect((await everyPage('/api/subscribers?status=bounced', 2)).map(({ email }) => email).sort()).toEqual([
      'person0@example.com',
      'person1@example.com',
      'person2@example.com',
    ]);
    expect(await everyPage('/api/subscribers?status=complained', 2)).toEqual([]);
  });

  it('a campaign has totals, days and rates', async () => {
    expect((await app.get('/api/campaigns/tag-0')).body).toMatchObject({
      tag: 'tag-0',
      delivered: 4,
      opens: 0,
      firstEventAt: `${day}T00:00:00.000Z`,
      days: { [day]: { delivered: 4 } },
      rates: { delivery: 1, open: 0, clickToOpen: null },
    });
    expect((await app.get('/api/summary')).body).toMatchObject({
      totals: { delivered: 7, permanentFailures: 3 },
      rates: { delivery: 0.7, bounce: 0.3 },
      refusedToday: { invalid_signature: 0 },
    });
  });

  it('an unknown address may be written to', async () => {
    expect(await app.get('/api/suppressions/Somebody@Example.com')).toEqual({
      status: 200,
      body: {
        email: 'somebody@example.com',
        suppressed: false,
        reason: null,
        since: null,
        doubtful: false,
        scopes: [],
      },
    });
    expect((await app.get('/api/suppressions/person0%40example.com')).body).toMatchObject({
      email: 'person0@example.com',
      suppressed: true,
      reason: 'bounced',
      since: `${day}T00:01:00.000Z`,
    });
  });

  it.each([
    ['/api/events?limit=0', 'limit'],
    ['/api/events?limit=1001', 'limit'],
    ['/api/events?limit=ten', 'limit'],
    ['/api/events?limit=1&limit=2', 'limit'],
    ['/api/events?cursor=abc', 'cursor'],
    ['/api/events?colour=red', 'colour'],
    ['/api/events?recipient[$ne]=x', 'recipient'],
    ['/api/subscribers?status=happy', 'status'],
    ['/api/summary?x=1', 'x'],
    ['/api/subscribers/nobody', 'address'],
  ])('%s is answered with what is wrong', async (path, name) => {
    const { status, body } = await app.get(path);
    expect(status).toBe(400);
    expect(body.error).toBe('invalid_parameter');
    expect(body.detail).toContain(name);
  });

  it('what is not there is 404', async () => {
    for (const path of ['/api/campaigns/none', '/api/subscribers/nobody@example.com', '/api/none']) {
      expect(await app.get(path)).toMatchObject({ status: 404, body: { error: 'not_found' } });
    }
  });

  it('refused requests are counted by reason', async () => {
    await app.post('{', 'application/json');
    await app.send(event('delivered'), null);
    await expect
      .poll(async () => (await app.get('/api/summary')).body.refusedToday)
      .toMatchObject({
        invalid_payload: 1,
        invalid_signature: 1,
      });
  });
});
