import * as v from 'valibot';
import { expect } from 'vitest';
import { type App, event, signingKey, startApp } from '../app/app';

/** A secret of Standard Webhooks. */
export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** An app whose destinations may lie on this machine, with short pauses. The caller stops it. */
export async function startTelling(env: Readonly<Record<string, string>> = {}): Promise<App> {
  return startApp('bundle', {
    env: {
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
      ALERT_ALLOW_PRIVATE_DESTINATIONS: 'yes',
      ALERT_RETRY_SECONDS: '1,1,1',
      ...env,
    },
  });
}

const added = v.object({ id: v.string() });

/** Adds a destination. @returns its id */
export async function addDestination(app: App, fields: object): Promise<string> {
  const { status, body } = await app.call('POST', '/api/destinations', { name: 'a destination', ...fields });
  expect(body).not.toHaveProperty('error');
  expect(status).toBe(200);
  return v.parse(added, body).id;
}

const deliveryList = v.object({
  items: v.array(
    v.object({
      key: v.string(),
      kind: v.string(),
      state: v.string(),
      attempts: v.number(),
      lastStatus: v.nullable(v.number()),
      lastError: v.nullable(v.string()),
    }),
  ),
  next: v.nullable(v.string()),
});
export type Deliveries = v.InferOutput<typeof deliveryList>['items'];

export async function deliveriesOf(app: App, id: string): Promise<Deliveries> {
  return v.parse(deliveryList, (await app.get(`/api/destinations/${id}/deliveries?limit=1000`)).body).items;
}

/** Waits until so many deliveries of a destination are over, and no other waits. */
export async function untilOver(app: App, id: string, count: number): Promise<Deliveries> {
  await expect
    .poll(async () => (await deliveriesOf(app, id)).filter(({ state }) => state !== 'waiting').length, {
      timeout: 30_000,
      interval: 50,
    })
    .toBe(count);
  const all = await deliveriesOf(app, id);
  expect(all).toHaveLength(count);
  return all;
}

/** Sends some events with a tag of their own and waits until they have had their effects. @returns their keys */
export async function sendEvents(
  app: App,
  tag: string,
  count: number,
  fields: object = {},
): Promise<string[]> {
  const keys: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const one = event('delivered', { recipient: `${tag}-${at}@example.com`, tags: [tag], ...fields });
    keys.push(String((await app.send(one)).body.id));
  }
  await app.drain();
  return keys;
}
