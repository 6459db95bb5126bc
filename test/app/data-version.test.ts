import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type App, event, startApp } from './app';

const occurredAt = '2023-11-14T22:13:20.000Z';

describe('data of another version', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'data-version-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Starts the app in a space that holds what `fill` has put there. */
  async function startFilled(fill: (connection: App['connection']) => Promise<unknown>): Promise<App> {
    const before = await startApp('bundle', { directory });
    await fill(before.connection);
    await before.stop();
    return startApp('bundle', { directory });
  }

  it.each<[string, (connection: App['connection']) => Promise<unknown>, RegExp]>([
    [
      'events under the keys of an earlier app',
      async (connection) => {
        await connection.del('data-version', { keyspace: 'webhooks' });
        await connection.insertOne('email_events', {
          _id: 'mg.example.com:2023-11-14:abc',
          event: 'opened',
          occurredAt,
        });
      },
      /use a new space/,
    ],
    [
      'what an earlier app has noted',
      (connection) => connection.set('data-version', '2', { keyspace: 'webhooks' }),
      /use a new space/,
    ],
    [
      'what a later app has noted',
      (connection) => connection.set('data-version', '4', { keyspace: 'webhooks' }),
      /deploy the later app/,
    ],
  ])('%s: nothing is taken in, and everybody is told what to do', async (_, fill, detail) => {
    const app = await startFilled(fill);
    const before = await app.connection.count('email_events', {});
    const expected = { error: 'not_configured', detail: expect.stringMatching(detail) };
    expect(await app.send(event('delivered'))).toEqual({ status: 503, body: expected });
    expect(await app.get('/api/summary')).toMatchObject({ status: 503, body: expected });
    expect(await app.connection.count('email_events', {})).toBe(before);
    await app.stop();
  });

  it('of this app is taken up again, noted or not', async () => {
    const app = await startFilled(async (connection) => {
      await connection.insertOne('email_events', {
        _id: '2023-11-14_opened_x',
        event: 'opened',
        occurredAt,
        state: 'done',
      });
      await connection.del('data-version', { keyspace: 'webhooks' });
    });
    expect((await app.send(event('delivered'))).status).toBe(200);
    expect(String(await app.connection.get('data-version', { keyspace: 'webhooks' }))).toBe('3');
    await app.stop();
  });
});
