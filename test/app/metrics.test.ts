import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Connection } from '../../local/connection';
import { families } from '../../src/metrics/families';
import { storedName } from '../../src/metrics/family';
import { type RecordedMailgun, startRecordedMailgun } from '../backfill/space';
import { addressOf, type Scrape, scrape } from '../metrics/scrape';
import { sendTraffic } from '../metrics/traffic';
import { type App, event, startApp } from './app';

/** How often the storage was called. */
let calls = 0;
/** While it is true no event becomes done. */
let isFinishingHeld = false;
let letFinish = () => {};

function observed(connection: Connection): Connection {
  const holding: Connection = {
    ...connection,
    updateOne: async (collection, query, update, options) => {
      if (isFinishingHeld && collection === 'email_events' && JSON.stringify(update).includes('"done"'))
        await new Promise<void>((resolve) => {
          letFinish = resolve;
        });
      return connection.updateOne(collection, query, update, options);
    },
  };
  return new Proxy(holding, {
    get(target, name) {
      calls += 1;
      return Reflect.get(target, name);
    },
  });
}

let app: App;
let mailgun: RecordedMailgun;
/** Events that webhooks have brought, and those that only Mailgun's record has. */
let stored: number;
const backfilled = 1;
beforeAll(async () => {
  mailgun = await startRecordedMailgun();
  mailgun.record.add(event('delivered', { timestamp: Date.now() / 1000 - 3700 }));
  app = await startApp('bundle', { wrapConnection: observed, env: mailgun.env });
  app.stopClock();
  stored = await sendTraffic(app);
  await app.runJobs('*/5 * * * *');
  await settled(stored);
});
afterAll(async () => {
  await app.stop();
  await mailgun.server.stop();
});

/** Counts until so many events of webhooks have a lag, and those of the back-fill. */
async function settled(events: number): Promise<Scrape> {
  return vi.waitFor(
    async () => {
      await app.runJobs('* * * * *');
      const scraped = await scrape(app);
      expect(scraped.value('mailgun_event_processing_lag_seconds_count')).toBe(events + backfilled);
      return scraped;
    },
    { timeout: 20_000 },
  );
}

it('tells what came in, what was refused and what is stored', async () => {
  const { value } = await scrape(app);
  expect(value('mailgun_webhook_duplicates_total')).toBe(2);
  expect(value('mailgun_webhook_refused_total', { reason: 'invalid_signature' })).toBe(3);
  expect(value('mailgun_webhook_refused_total', { reason: 'replay_attack' })).toBe(0);
  expect(value('mailgun_events_stored_total', { source: 'webhook' })).toBe(stored);
  expect(value('mailgun_webhook_received_total')).toBe(stored + 2 + 3);
  expect(value('mailgun_events_pending')).toBe(0);
  expect(value('mailgun_events_dead')).toBe(0);
  expect(value('mailgun_oldest_pending_age_seconds')).toBe(0);
});

it('its numbers of events, domains and failures are those of the API', async () => {
  const { value, all } = await scrape(app);
  const { body } = await app.get('/api/summary');
  const counters = { delivered: 'delivered', opened: 'opens', failed: 'failures', complained: 'complaints' };
  for (const [type, counter] of Object.entries(counters)) {
    const total: unknown = Reflect.get(Object(body.totals), counter);
    expect({ type, total: value('mailgun_events_total', { type }) }).toEqual({ type, total });
    const ofDomains = all('mailgun_domain_events_total').filter(({ labels }) => labels.type === type);
    expect(ofDomains.reduce((sum, one) => sum + one.value, 0)).toBe(total);
  }
  expect(value('mailgun_domain_events_total', { domain: 'shop.example.com', type: 'delivered' })).toBe(3);
  const failures = all('mailgun_failures_total');
  expect(failures.reduce((sum, one) => sum + one.value, 0)).toBe(
    value('mailgun_events_total', { type: 'failed' }),
  );
  expect(failures).toContainEqual(
    expect.objectContaining({ labels: { class: 'hard_bounce', provider: 'Gmail' }, value: 2 }),
  );
});

it('the delay of what came late lies in its bin, and every event is in each histogram once', async () => {
  const { value, all } = await scrape(app);
  const source = 'webhook';
  const name = 'mailgun_event_arrival_delay_seconds';
  // Two events of the traffic come an hour and a half after they happened.
  expect(value(`${name}_bucket`, { source, le: '3600.0' })).toBe(stored - 2);
  expect(value(`${name}_bucket`, { source, le: '14400.0' })).toBe(stored);
  expect(value(`${name}_bucket`, { source, le: '+Inf' })).toBe(stored);
  expect(value(`${name}_count`, { source })).toBe(stored);
  expect(value(`${name}_sum`, { source })).toBeGreaterThan(2 * 5400);
  const bins = all('mailgun_event_processing_lag_seconds_bucket').map((one) => one.value);
  expect(bins).toEqual([...bins].sort((a, b) => a - b));
  expect(bins.at(-1)).toBe(stored + backfilled);
});

it('what the back-fill has brought is told apart, and how far behind it is', async () => {
  const { value } = await scrape(app);
  const source = 'backfill';
  expect(value('mailgun_events_stored_total', { source })).toBe(backfilled);
  expect(value('mailgun_event_arrival_delay_seconds_bucket', { source, le: '3600.0' })).toBe(0);
  expect(value('mailgun_event_arrival_delay_seconds_bucket', { source, le: '7200.0' })).toBe(backfilled);
  const delay = value('mailgun_backfill_delay_seconds', { domain: 'mg.example.com' });
  expect(delay).toBeGreaterThanOrEqual(1800);
  expect(delay).toBeLessThan(1900);
});

it('suppressions are counted by list as they are added and lifted', async () => {
  const held = async () => {
    await app.runJobs('* * * * *');
    const { value } = await scrape(app);
    const list = 'manual';
    return [
      'mailgun_suppressions',
      'mailgun_suppressions_added_total',
      'mailgun_suppressions_lifted_total',
    ].map((name) => value(name, { list }));
  };
  expect((await scrape(app)).value('mailgun_suppressions', { list: 'complaint' })).toBe(1);
  const before = await held();
  expect(before).toEqual([0, 0, 0]);
  for (const n of [1, 2]) await app.call('POST', '/api/suppressions', { email: `held-${n}@example.com` });
  expect(await held()).toEqual([2, 2, 0]);
  await app.call('POST', '/api/suppressions/held-1@example.com/lift', {});
  expect(await held()).toEqual([1, 2, 1]);
  expect(await held()).toEqual([1, 2, 1]);
});

it('how long an event took is told although it is known only after the event was counted', async () => {
  isFinishingHeld = true;
  const before = (await scrape(app)).value('mailgun_events_total', { type: 'accepted' });
  await app.send(event('accepted', { recipient: 'slow@example.com' }));
  await expect
    .poll(
      async () => {
        await app.runJobs('* * * * *');
        return (await scrape(app)).value('mailgun_events_total', { type: 'accepted' });
      },
      { timeout: 20_000 },
    )
    .toBe(before + 1);
  const counted = await scrape(app);
  expect(counted.value('mailgun_event_processing_lag_seconds_count')).toBe(stored + backfilled);
  expect(counted.value('mailgun_events_pending')).toBe(1);
  expect(counted.value('mailgun_oldest_pending_age_seconds')).toBeGreaterThan(0);
  isFinishingHeld = false;
  letFinish();
  stored += 1;
  const { value } = await settled(stored);
  expect(value('mailgun_events_stored_total', { source: 'webhook' })).toBe(stored);
  expect(value('mailgun_events_pending')).toBe(0);
});

it('a scrape takes as many storage calls whatever the number of events', async () => {
  const cost = async () => {
    await scrape(app);
    const before = calls;
    await scrape(app);
    return calls - before;
  };
  const few = await cost();
  for (let n = 0; n < 60; n += 1)
    await app.send(event('delivered', { tags: [`tag-${n}`], recipient: `many-${n}@example.com` }));
  stored += 60;
  await settled(stored);
  expect(await cost()).toBe(few);
  expect(few).toBeLessThan(30);
});

it('domains beyond the hundredth share one series, and no series falls when they come', async () => {
  const before = await scrape(app);
  const names = Array.from({ length: 105 }, (_, n) => `d${n}.example.net`);
  await Promise.all(
    names.map((name) => app.send(event('accepted', { domain: { name }, recipient: `a@${name}` }))),
  );
  stored += names.length;
  await settled(stored);
  // A name that comes before all others in order takes nobody's place.
  await app.send(event('accepted', { domain: { name: 'a.example.net' } }));
  stored += 1;
  const after = await vi.waitFor(
    async () => {
      const found = await settled(stored);
      // A domain is counted by itself: all are there when the last one is.
      expect(found.value('mailgun_domain_events_total', { domain: 'other', type: 'accepted' })).toBe(
        names.length + 1 - (100 - before.domains().length),
      );
      return found;
    },
    { timeout: 30_000 },
  );
  const series = after.all('mailgun_domain_events_total').filter(({ labels }) => labels.type === 'accepted');
  expect(series.length).toBe(101);
  for (const one of before.samples.filter(({ name }) => /_(total|count|bucket)$/.test(name)))
    expect({ ...one, value: after.valueAt(addressOf(one)) >= one.value }).toEqual({ ...one, value: true });
});

it('has every family with its help and type, and every sample has the labels that its family names', async () => {
  const { text, samples } = await scrape(app);
  for (const family of families) {
    const name = storedName(family);
    expect(text).toContain(`# HELP ${name} ${family.help}\n# TYPE ${name} ${family.type}\n`);
    const own = samples.filter((sample) => sample.name.replace(/_(bucket|count|sum)$/, '') === name);
    for (const { labels } of own) {
      const { le: _, ...others } = labels;
      expect(Object.keys(others)).toEqual(family.labels);
    }
  }
});

it('is OpenMetrics where Accept asks for it, and needs the API key', async () => {
  const open = await scrape(app, 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3');
  expect(open.contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(open.text).toContain('# TYPE mailgun_events counter\n');
  expect(open.text).toContain('# UNIT mailgun_event_processing_lag_seconds seconds\n');
  expect(open.text.endsWith('\n# EOF\n')).toBe(true);
  const plain = await scrape(app, 'text/plain;version=0.0.4;q=0.5,*/*;q=0.1');
  expect(plain.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(plain.samples).toEqual(open.samples.map((one) => expect.objectContaining({ name: one.name })));
  expect((await fetch(`${app.url}/metrics`)).status).toBeGreaterThanOrEqual(400);
});

it.each(['docs/grafana.json', 'docs/prometheus-alerts.yml'])(
  'tells every number that %s asks for',
  async (file) => {
    const told = new Set((await scrape(app)).samples.map(({ name }) => name));
    const asked = readFileSync(file, 'utf8').match(/\bmailgun_\w+/g) ?? [];
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !told.has(name))).toEqual([]);
  },
);

it('promtool finds nothing to say against it', async ({ skip }) => {
  const { text } = await scrape(app);
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  if (error !== undefined) skip('There is no promtool: install prometheus.');
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
