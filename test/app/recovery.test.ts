import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../local/connection';
import { hooks } from '../../src/hooks';
import { idOfKey } from '../../src/store/ids';
import { type App, event, kinds, sign, signingKey, startApp } from './app';

let app: App;
afterEach(async () => {
  delete hooks.onComplained;
  await app.stop();
});

/** Lets calls of one function fail while the switch is on, before or after their effect. */
function failing(name: 'insertOne' | 'enqueue' | 'updateOne', when: 'before' | 'after') {
  const fault = { isOn: true };
  const wrapConnection = (connection: Connection): Connection => ({
    ...connection,
    [name]: async (...args: Parameters<Connection[typeof name]>) => {
      if (fault.isOn && when === 'before') throw new Error('The storage is out of order');
      const result = await Reflect.apply(connection[name], connection, args);
      if (fault.isOn) throw new Error('The storage is out of order');
      return result;
    },
  });
  return { fault, wrapConnection };
}

/** Makes all events look as if they had come some time ago, so that the sweep takes them. */
async function age(minutes: number): Promise<void> {
  const receivedAt = new Date(Date.now() - minutes * 60_000).toISOString();
  await app.connection.updateMany('email_events', {}, { $set: { receivedAt } });
  await app.connection.updateMany(
    'email_events',
    { sweptAt: { $gt: '' } },
    { $set: { sweptAt: receivedAt } },
  );
}

describe.each(kinds)('a failure of the storage, from %s', (kind) => {
  it('is answered 503, and the retry with the same token passes', async () => {
    const { fault, wrapConnection } = failing('insertOne', 'before');
    app = await startApp(kind, { wrapConnection });
    const delivery = event('delivered');
    const signature = sign();
    expect(await app.send(delivery, signature)).toEqual({ status: 503, body: { error: 'unavailable' } });
    fault.isOn = false;
    expect((await app.send(delivery, signature)).body).not.toHaveProperty('duplicate');
    await app.drain();
    expect((await app.get('/api/summary')).body).toMatchObject({ totals: { delivered: 1 } });
  });

  it('after its effect loses and doubles nothing', async () => {
    const { fault, wrapConnection } = failing('updateOne', 'after');
    app = await startApp(kind, { wrapConnection });
    const delivery = event('opened', { tags: ['a'] });
    const signature = sign();
    await app.send(delivery, signature);
    fault.isOn = false;
    expect((await app.send(delivery, signature)).status).toBe(200);
    await app.drain();
    expect((await app.get('/api/campaigns/a')).body).toMatchObject({ opens: 1, uniqueOpens: 1 });
    expect(await app.audit()).toEqual([]);
  });

  it('that keeps an event from the queue leaves it to the sweep', async () => {
    const { fault, wrapConnection } = failing('enqueue', 'before');
    app = await startApp(kind, { wrapConnection });
    expect((await app.send(event('delivered', { tags: ['swept'] }))).status).toBe(200);
    fault.isOn = false;
    await app.runJobs();
    expect((await app.get('/health')).body).toMatchObject({ status: 'ok', pending: 1 });
    await age(20);
    expect((await app.get('/health')).body).toMatchObject({ status: 'stuck', pending: 1 });
    await app.runJobs();
    await app.drain();
    expect((await app.get('/api/campaigns/swept')).body).toMatchObject({ delivered: 1 });
    expect((await app.get('/health')).body).toEqual({
      status: 'ok',
      pending: 0,
      dead: 0,
      oldestPendingSeconds: null,
    });
  });
});

describe('a restart that loses the jobs that waited', () => {
  it('loses no event: the sweep brings back what was stored', async () => {
    const { fault, wrapConnection } = failing('enqueue', 'before');
    const directory = mkdtempSync(join(tmpdir(), 'app-restart-'));
    app = await startApp('bundle', { directory, wrapConnection });
    const key = String((await app.send(event('delivered', { tags: ['kept'] }))).body.id);
    fault.isOn = false;
    // The job waits for a time that does not come before the restart.
    await app.connection.runAt(new Date(Date.now() + 3_600_000), { key }, 'processMailgunEvent');
    await app.stop();
    app = await startApp('bundle', { directory, quirks: { restart: 'losesJobs', otherResults: 'null' } });
    expect(app.storage.queue.pending()).toBe(0);
    await age(5);
    await app.runJobs();
    await app.drain();
    expect((await app.get('/api/campaigns/kept')).body).toMatchObject({ delivered: 1 });
    rmSync(directory, { recursive: true, force: true });
  });
});

describe("the owner's hook", () => {
  it('gets the typed event, and the event is counted although it fails until it is dead', async () => {
    const seen: string[] = [];
    hooks.onComplained = async (complaint) => {
      seen.push(complaint.recipient);
      throw new Error('My database is away');
    };
    app = await startApp('sources', { env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, MAX_ATTEMPTS: '2' } });
    const { body } = await app.send(event('complained', { tags: ['hooked'] }));
    const stored = () => app.connection.findOne('email_events', String(body.id));
    await expect.poll(async () => (await stored()).attempts).toBe(1);
    await age(5);
    await app.runJobs();
    await expect.poll(async () => (await stored()).state).toBe('dead');
    expect(seen).toEqual(['alice@example.com', 'alice@example.com']);
    await app.drain();
    expect((await app.get('/api/campaigns/hooked')).body).toMatchObject({ complaints: 1 });
    expect((await app.get('/api/dead')).body).toMatchObject({
      items: [{ key: body.id, lastError: 'My database is away' }],
    });

    delete hooks.onComplained;
    const requeue = (path: string) =>
      fetch(`${app.url}/api/dead${path}`, { method: 'POST', headers: { 'x-apikey': app.apiKey } });
    expect((await requeue('/unknown/requeue')).status).toBe(404);
    expect(await (await requeue(`/${body.id}/requeue`)).json()).toEqual({ requeued: 1 });
    await expect.poll(async () => (await stored()).state).toBe('done');
    expect(await (await requeue('/requeue')).json()).toEqual({ requeued: 0, more: false });
    expect(await app.audit()).toEqual([]);
  });
});

describe('an event that ends the process each time', () => {
  it('dies in the end, although no attempt leaves a trace of its own', async () => {
    app = await startApp('bundle', { env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, MAX_ATTEMPTS: '3' } });
    const { body } = await app.send(event('delivered'));
    await app.drain();
    const key = String(body.id);
    await app.connection.updateOne('email_events', key, {
      $set: { attempts: 3, sweptAt: '2020-01-01T00:00:00.000Z' },
      $unset: { state: '' },
    });
    await app.connection.enqueue('processMailgunEvent', { key });
    await expect.poll(async () => (await app.connection.findOne('email_events', key)).state).toBe('dead');
  });
});

describe('the audit', () => {
  it('finds what was changed by hand and mends it', async () => {
    app = await startApp('bundle');
    for (const recipient of ['a@example.com', 'b@example.com']) {
      await app.send(event('opened', { recipient, tags: ['audited'] }));
      await app.send(event('complained', { recipient, tags: ['audited'] }));
    }
    await app.drain();
    expect(await app.audit()).toEqual([]);
    const { connection } = app;
    await connection.updateOne('campaign_stats', idOfKey('tag:audited', 'any'), { $inc: { opens: 5 } });
    await connection.updateOne('subscribers', idOfKey('a@example.com', 'any'), {
      $set: { status: 'active' },
    });
    await connection.removeOne('subscribers', idOfKey('b@example.com', 'any'));
    await connection.updateMany('stat_buckets', { level: 'hour' }, { $set: { subjects: [], numbers: '' } });
    await connection.updateMany(
      'email_events',
      { event: 'opened' },
      { $set: { first: { all: true, tags: [] } } },
    );
    expect(await app.audit()).not.toEqual([]);
    await app.audit(true);
    expect(await app.audit()).toEqual([]);
    expect((await app.get('/api/campaigns/audited')).body).toMatchObject({ opens: 2, uniqueOpens: 2 });
    expect((await app.get('/api/subscribers/b@example.com')).body).toMatchObject({ status: 'complained' });
  });
});

describe('retention', () => {
  it('removes the events of old days and keeps their numbers', async () => {
    app = await startApp('bundle', {
      env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, EVENT_RETENTION_DAYS: '30' },
    });
    const daysAgo = (days: number) => Date.now() / 1000 - days * 86_400;
    await app.send(event('opened', { tags: ['kept'], timestamp: daysAgo(40) }));
    await app.send(event('opened', { tags: ['kept'], timestamp: daysAgo(1) }));
    await app.drain();
    await app.runJobs();
    expect(await app.connection.count('email_events')).toBe(1);
    await app.runJobs();
    expect((await app.get('/api/campaigns/kept')).body).toMatchObject({ opens: 2, uniqueOpens: 1 });
    expect(await app.audit()).toEqual([]);
  });
});
