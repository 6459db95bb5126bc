import { afterEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../local/connection';
import { type App, event, kinds, sign, signingKey, startApp } from './app';

let app: App;
afterEach(() => app.stop());

/** Makes everything that is done with an address wait until it is let go. */
function holding() {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const wrapConnection = (connection: Connection): Connection => ({
    ...connection,
    updateOne: async (collection, ...rest) => {
      if (collection === 'subscribers') await held;
      return connection.updateOne(collection, ...rest);
    },
  });
  return { letGo, wrapConnection };
}

describe.each(kinds)('when more events come than can be worked off, from %s', (kind) => {
  it('they are answered 503 with Retry-After, and taken in when there is room again', async () => {
    const { letGo, wrapConnection } = holding();
    const env = { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey, MAX_PENDING_EVENTS: '3' };
    app = await startApp(kind, { wrapConnection, env });
    for (let n = 0; n < 3; n += 1) expect(await app.send(event('delivered'))).toMatchObject({ status: 200 });
    const delivery = event('delivered');
    const signature = sign();
    const refused = await fetch(`${app.url}/mailgun/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ signature, 'event-data': delivery }),
    });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: 'unavailable' });
    expect(await app.connection.count('email_events')).toBe(3);

    letGo();
    await app.drain();
    expect(await app.send(delivery, signature)).toMatchObject({ status: 200 });
    await app.drain();
    expect((await app.get('/api/summary')).body).toMatchObject({ totals: { delivered: 4 } });
  });
});
