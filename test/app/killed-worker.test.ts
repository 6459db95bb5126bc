import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Connection } from '../../local/connection';
import { interceptConnection } from '../torture/virtual-space/intercept';
import { type App, event, signingKey, startApp } from './app';

/** How long a worker may take here, in milliseconds. */
const timeoutMs = 250;
/** How many runs of a worker never end. */
const hangs = 3;

let folder: string;
let app: App;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'killed-'));
});
afterEach(async () => {
  await app.stop(0);
  rmSync(folder, { recursive: true, force: true });
});

/** The app with workers that may take only so long. */
function hurriedBundle(): string {
  const bundle = readFileSync(inject('bundleFile'), 'utf8');
  const hurried = bundle.replace(/\{workers:([^{}]+)\}/g, `{workers:$1,timeout:${timeoutMs}}`);
  expect(hurried).not.toBe(bundle);
  const file = join(folder, 'hurried.js');
  writeFileSync(file, hurried);
  return file;
}

describe('a worker that does not end, and is killed and retried again and again', () => {
  it.each([
    ['of an event, before its effects', 'findOneOrNull', 'subscribers'],
    ['of an event, between its effects', 'updateOne', 'stat_buckets'],
    ['of an event, when it is done', 'updateOne', 'email_events'],
    ['of a count', 'updateOne', 'campaign_stats'],
  ] as const)('%s: is harmless', async (_, operation, collection) => {
    let hung = 0;
    const hanging = (connection: Connection): Connection =>
      interceptConnection(connection, async (call, run) => {
        const result = await run();
        if (call.operation !== operation || call.on !== collection || hung >= hangs) return result;
        hung += 1;
        // The call has taken place, but nobody hears of it.
        return new Promise(() => {});
      });
    app = await startApp('bundle', {
      app: { kind: 'bundle', file: hurriedBundle() },
      env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
      wrapConnection: hanging,
    });
    for (const name of ['opened', 'complained'])
      expect(await app.send(event(name, { tags: ['slow'] }))).toMatchObject({ status: 200 });
    await expect.poll(() => hung, { timeout: 20_000 }).toBe(hangs);
    await app.drain();
    await expect
      .poll(async () => (await app.get('/api/campaigns/slow')).body, { timeout: 20_000 })
      .toMatchObject({ opens: 1, uniqueOpens: 1, complaints: 1 });
    await app.drain();
    expect(await app.audit()).toEqual([]);
    expect((await app.get('/api/dead')).body).toMatchObject({ items: [] });
  });
});
