import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { playTrouble } from '../../tools/simulate/play-trouble';
import { type App, signingKey, startApp } from '../app/app';

const named = v.object({ items: v.array(v.looseObject({ name: v.string() })) });

let app: App;
beforeAll(async () => {
  app = await startApp('bundle', {
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, ALERT_ALLOW_PRIVATE_DESTINATIONS: 'yes' },
  });
  app.stopClock();
  vi.spyOn(console, 'log').mockReturnValue();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await app.stop();
});

const spaceOf = ({ url, apiKey }: App) => ({ url, apiKey, signingKey });

async function noEvents(): Promise<unknown> {
  const { body } = await app.get('/api/alerts/rules?fired=no');
  return v.parse(named, body).items.find(({ name }) => name === 'no-events');
}

it.each([{ warn: 30, critical: 90 }, null])(
  'a play that is stopped gives back the thresholds %o that it borrowed',
  async (change) => {
    if (change === null) await app.call('DELETE', '/api/alerts/rules/no-events');
    else await app.call('PUT', '/api/alerts/rules/no-events', change);
    const before = await noEvents();
    const stop = new AbortController();
    const play = playTrouble('outage', change === null ? 1 : 2, spaceOf(app), stop.signal);
    await vi.waitFor(
      async () => expect(await noEvents()).toMatchObject({ source: 'api', thresholds: { warn: 1 } }),
      { timeout: 30_000 },
    );
    stop.abort();
    expect(await play).toBe(false);
    expect(await noEvents()).toEqual(before);
  },
);

it('a dead destination gets the alert once, and is removed', async () => {
  let isOver = false;
  const play = playTrouble('dead-destination', 3, spaceOf(app), new AbortController().signal).finally(() => {
    isOver = true;
  });
  const clock = async () => {
    while (!isOver) {
      await app.drain();
      await app.runJobs('*/1 * * * *');
      await pause(200);
    }
  };
  const [isTold] = await Promise.all([play, clock()]);
  expect(isTold).toBe(true);
  expect((await app.get('/api/destinations')).body).toMatchObject({ items: [] });
}, 60_000);
