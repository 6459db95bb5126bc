import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type App, event, sign, signingKey, startApp } from './app';

let app: App;
afterEach(() => app.stop());

const free = {
  switches: { plan: 'free' },
  env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, CODEHOOKS_PLAN: 'free' },
} as const;

describe('on the free plan', () => {
  it('the clock strikes once an hour, one event at a time gets its effects, and all numbers are right', async () => {
    app = await startApp('bundle', { ...free, limits: { callsPerMinute: Number.POSITIVE_INFINITY } });
    expect(Object.keys(app.manifest.jobhooks).sort()).toEqual([
      '0 * * * *',
      '10 * * * *',
      '30 * * * *',
      '45 * * * *',
      '55 * * * *',
    ]);
    for (const name of ['delivered', 'opened', 'complained', 'unsubscribed'])
      expect(await app.send(event(name, { tags: ['hourly'], recipient: 'a@example.com' }))).toMatchObject({
        status: 200,
      });
    const pending = { state: { $exists: false } };
    await expect.poll(() => app.connection.count('email_events', pending), { timeout: 20_000 }).toBe(0);
    // The job of the next hour.
    await app.runJobs('0 * * * *');
    expect((await app.get('/api/campaigns/hourly')).body).toMatchObject({
      delivered: 1,
      opens: 1,
      complaints: 1,
    });
    expect(await app.audit()).toEqual([]);
  });

  it('what no count was started for is counted by the next hour', async () => {
    app = await startApp('bundle', { ...free, switches: { plan: 'free', runAt: 'never' } });
    await app.send(event('opened', { tags: ['later'] }));
    await expect
      .poll(() => app.connection.count('email_events', { state: 'done' }), { timeout: 20_000 })
      .toBe(1);
    expect((await app.get('/api/campaigns/later')).status).toBe(404);
    await app.runJobs('0 * * * *');
    expect((await app.get('/api/campaigns/later')).body).toMatchObject({ opens: 1 });
  });

  it('what is refused at the door comes again, and counts once', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'free-plan-'));
    app = await startApp('bundle', { ...free, directory, limits: { callsPerMinute: 5 } });
    const deliveries = Array.from({ length: 8 }, () => ({
      body: event('delivered', { tags: ['burst'] }),
      signature: sign(),
    }));
    const post = ({ body, signature }: { body: object; signature: object }) =>
      fetch(`${app.url}/mailgun/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ signature, 'event-data': body }),
      });
    const first = await Promise.all(deliveries.map(async (delivery) => (await post(delivery)).status));
    expect(new Set(first)).toEqual(new Set([200, 429]));
    const stored = first.filter((status) => status === 200).length;
    expect(await app.connection.count('email_events')).toBe(stored);
    // A minute later, in another process on the same data.
    await app.stop();
    app = await startApp('bundle', { ...free, directory, limits: { callsPerMinute: 100 } });
    for (const delivery of deliveries) expect((await post(delivery)).status).toBe(200);
    await expect
      .poll(() => app.connection.count('email_events', { state: 'done' }), { timeout: 20_000 })
      .toBe(deliveries.length);
    await app.runJobs('0 * * * *');
    expect((await app.get('/api/campaigns/burst')).body).toMatchObject({ delivered: deliveries.length });
    rmSync(directory, { recursive: true, force: true });
  });

  it('an event that waits for the next hour is no reason for an alarm', async () => {
    app = await startApp('bundle', free);
    const { body } = await app.send(event('delivered'));
    await expect.poll(() => app.connection.count('email_events', { state: 'done' })).toBe(1);
    const receivedAt = new Date(Date.now() - 5_400_000).toISOString();
    await app.connection.updateOne('email_events', String(body.id), {
      $set: { receivedAt },
      $unset: { state: '' },
    });
    expect((await app.get('/status')).body).toMatchObject({ status: 'ok', pending: 1 });
  });
});
