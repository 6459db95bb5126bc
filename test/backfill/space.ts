import * as v from 'valibot';
import { expect } from 'vitest';
import type { SpaceOptions } from '../../local/space';
import { topics } from '../../src/store/queue';
import { type App, type Kind, readAnswer, signingKey, startApp } from '../app/app';
import { domainRoutes } from '../mailgun-api/domains';
import { MailgunRecord } from '../mailgun-api/event-store';
import { eventRoutes } from '../mailgun-api/events';
import { logRoutes } from '../mailgun-api/logs';
import { metricsRoutes } from '../mailgun-api/metrics';
import { type MailgunRoutes, type MailgunServer, startMailgun } from '../mailgun-api/server';

export const accountKey = 'api-key-of-the-account';
export const otherKey = 'api-key-of-another-account';

/** Which of its two APIs Mailgun still has. */
export type RecordApi = 'events' | 'logs, events are gone' | 'logs, events are not found';

export interface RecordedMailgun {
  readonly record: MailgunRecord;
  readonly server: MailgunServer;
  /** What a space needs to compare with it. */
  readonly env: Record<string, string>;
}

/** A Mailgun that has a record of each account's domains. The caller stops its server. */
export async function startRecordedMailgun({
  accounts = { [accountKey]: ['mg.example.com'] },
  api = 'events',
  pageSize = 3,
  before = [],
}: {
  accounts?: Readonly<Record<string, readonly string[]>>;
  api?: RecordApi;
  pageSize?: number;
  before?: readonly MailgunRoutes[];
} = {}): Promise<RecordedMailgun> {
  const record = new MailgunRecord(accounts);
  const events = {
    events: eventRoutes(record, { pageSize }),
    'logs, events are gone': eventRoutes(record, { gone: 410 }),
    'logs, events are not found': eventRoutes(record, { gone: 404 }),
  }[api];
  const server = await startMailgun({
    apiKeys: Object.keys(accounts),
    routes: [
      ...before,
      (request) => domainRoutes(record.domainsOf(request.apiKey))(request),
      events,
      logRoutes(record, { pageSize }),
      metricsRoutes(record),
    ],
  });
  const env = {
    MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
    MAILGUN_API_KEY: Object.keys(accounts).join(),
    MAILGUN_DOMAINS: Object.values(accounts).flat().join(),
    MAILGUN_API_URL: server.url,
    BACKFILL_DAYS: '2',
  };
  return { record, server, env };
}

/** An app that compares with a Mailgun when it is told to, not by the time of day. The caller stops both. */
export async function startComparing(
  { env }: RecordedMailgun,
  kind: Kind = 'bundle',
  options: Partial<SpaceOptions> = {},
): Promise<App> {
  const app = await startApp(kind, { ...options, env: { ...env, ...options.env } });
  app.stopClock();
  return app;
}

/** Runs the cron job once, and waits until every domain was compared and what came of it has had its effects. */
export async function backfill(app: App): Promise<void> {
  await app.runJobs('*/5 * * * *');
  await expect.poll(() => app.storage.queue.pending(topics.compare), { timeout: 30_000 }).toBe(0);
  await expect
    .poll(() => app.connection.count('email_events', { state: { $exists: false } }), { timeout: 30_000 })
    .toBe(0);
  await app.runJobs('* * * * *');
}

const state = v.object({
  configured: v.boolean(),
  problem: v.nullable(v.string()),
  items: v.array(
    v.object({
      domain: v.string(),
      checkedUntil: v.nullable(v.string()),
      lastRunAt: v.nullable(v.string()),
      lastError: v.nullable(v.string()),
      missed: v.record(v.string(), v.number()),
    }),
  ),
  missed: v.record(v.string(), v.number()),
});
export type BackfillState = v.InferOutput<typeof state>;

export async function stateOf(app: App): Promise<BackfillState> {
  return v.parse(state, (await app.get('/api/backfill')).body);
}

/** `POST /api/backfill` */
export async function postSlice(app: App, body: object) {
  return readAnswer(
    await fetch(`${app.url}/api/backfill`, {
      method: 'POST',
      headers: { 'x-apikey': app.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

const items = v.object({ items: v.array(v.record(v.string(), v.unknown())) });
/** Tells how an event came to us, not what it is. */
const arrival = ['receivedAt', 'processedAt', 'attempts', 'source', 'signingKey', 'account', 'changedAt'];

async function itemsOf(app: App, path: string, key: string) {
  const { body } = await app.get(path);
  const withoutArrival = JSON.stringify(body, (name, value) => (arrival.includes(name) ? undefined : value));
  return v
    .parse(items, JSON.parse(withoutArrival))
    .items.sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
}

/** Everything that an owner can read of what events have made. */
export async function everythingIn(app: App) {
  const { health: _, missedByWebhook: __, ...summary } = (await app.get('/api/summary')).body;
  const campaigns = await itemsOf(app, '/api/campaigns?limit=1000', 'tag');
  const days = campaigns.map(async ({ tag }) => {
    return (await app.get(`/api/campaigns/${encodeURIComponent(String(tag))}`)).body.days;
  });
  return {
    summary,
    campaigns,
    daysOfCampaigns: await Promise.all(days),
    failures: (await app.get('/api/failures')).body,
    subscribers: await itemsOf(app, '/api/subscribers?limit=1000', 'email'),
    events: await itemsOf(app, '/api/events?limit=1000', 'key'),
  };
}
