import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, dayAgo, event, startApp } from './app';

let app: App;
beforeAll(async () => {
  app = await startApp('bundle');
});
afterAll(() => app.stop());

/** Times in seconds at and beyond the edges of what ISO text can order. */
const odd = [
  253_402_300_799, 253_402_300_799.999, 253_402_300_800, 8.64e12, 1e300, 1, 0.001, 0, -1, -8.64e12,
];

it('an event of the year 9999 or of no year is counted on the day it came, and an audit ends without a difference', async () => {
  const keys: string[] = [];
  for (const [index, timestamp] of odd.entries()) {
    const sent = event('delivered', { timestamp, tags: ['odd-times'], recipient: `at-${index}@example.com` });
    const { status, body } = await app.send(sent);
    expect(status).toBe(200);
    keys.push(String(body.id));
  }
  await app.drain();
  for (const key of keys) {
    const { body } = await app.get(`/api/events/${key}`);
    expect(body.state).toBe('done');
    expect([dayAgo(0), dayAgo(1)]).toContain(String(body.occurredAt).slice(0, 10));
  }
  const { body } = await app.get('/api/campaigns/odd-times');
  expect(body.delivered).toBe(odd.length);
  expect(await app.audit()).toEqual([]);
});
