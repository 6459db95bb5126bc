import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, event, startApp } from './app';

const pauseBetween = 100;
/** Events of a burst that goes on for much longer than a count waits. */
const longBurst = 300;

let app: App;
beforeAll(async () => {
  app = await startApp('bundle');
  // The cron job counts too: here it must not.
  app.stopClock();
});
afterAll(() => app.stop());

const summary = v.object({ totals: v.object({ delivered: v.number() }) });
const delivered = async () => v.parse(summary, (await app.get('/api/summary')).body).totals.delivered;

it('numbers keep up with a burst that goes on, and are complete when it is over', async () => {
  let sent = 0;
  let shown = 0;
  while (shown === 0 && sent < longBurst) {
    await app.send(event('delivered'));
    sent += 1;
    await pause(pauseBetween);
    shown = await delivered();
  }
  expect(sent).toBeLessThan(longBurst);
  await expect.poll(delivered, { timeout: 20_000 }).toBe(sent);

  await app.send(event('delivered'));
  await expect.poll(delivered, { timeout: 20_000 }).toBe(sent + 1);
});
