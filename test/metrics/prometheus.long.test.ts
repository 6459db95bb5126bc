import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { families } from '../../src/metrics/families';
import { storedName } from '../../src/metrics/family';
import { type App, startApp } from '../app/app';
import { hasPrometheus, type Prometheus, startPrometheus } from './prometheus';
import { sendTraffic } from './traffic';

const isHere = hasPrometheus();
const missing = 'There is no Prometheus: install prometheus.';

let app: App;
let prometheus: Prometheus | undefined;
beforeAll(async () => {
  if (!isHere) return;
  app = await startApp('bundle');
  await sendTraffic(app);
  await app.drain();
  prometheus = await startPrometheus(app);
});
afterAll(async () => {
  await prometheus?.stop();
  if (isHere) await app.stop();
});

const targets = v.object({
  activeTargets: v.tuple([v.object({ health: v.string(), lastError: v.string() })]),
});
const result = v.object({
  result: v.array(
    v.object({
      metric: v.record(v.string(), v.string()),
      value: v.tuple([v.number(), v.string()]),
    }),
  ),
});
const rules = v.object({
  groups: v.array(
    v.object({
      rules: v.array(v.object({ name: v.string(), health: v.string(), lastError: v.optional(v.string()) })),
    }),
  ),
});

const query = async (expression: string) =>
  v.parse(result, await prometheus?.get(`/query?query=${encodeURIComponent(expression)}`)).result;

it('the real Prometheus scrapes every family', async ({ skip }) => {
  if (!isHere) skip(missing);
  await vi.waitFor(
    async () => {
      expect(v.parse(targets, await prometheus?.get('/targets')).activeTargets[0]).toEqual({
        health: 'up',
        lastError: '',
      });
      expect((await query('mailgun_webhook_received_total')).length).toBe(1);
    },
    { timeout: 30_000, interval: 200 },
  );
  const help = await prometheus?.get('/metadata');
  const types = v.parse(
    v.record(v.string(), v.array(v.object({ type: v.string(), help: v.string() }))),
    help,
  );
  for (const family of families) {
    // What it has scraped as OpenMetrics it calls by the name without `_total`, whichever it was.
    const told = types[family.name] ?? types[storedName(family)];
    expect({ name: family.name, told }).toMatchObject({ told: [{ type: family.type, help: family.help }] });
  }
  expect(await query('mailgun_webhook_duplicates_total')).toMatchObject([
    { value: [expect.any(Number), '2'] },
  ]);
  expect(
    await query('histogram_quantile(1, mailgun_event_arrival_delay_seconds_bucket{source="webhook"})'),
  ).toMatchObject([{ value: [expect.any(Number), '14400'] }]);
});

it('it evaluates every rule', async ({ skip }) => {
  if (!isHere) skip(missing);
  await vi.waitFor(
    async () => {
      const all = v.parse(rules, await prometheus?.get('/rules')).groups.flatMap((group) => group.rules);
      expect(all.length).toBeGreaterThan(10);
      expect(all.filter(({ health }) => health !== 'ok')).toEqual([]);
    },
    { timeout: 90_000, interval: 500 },
  );
}, 100_000);

const dashboard = v.object({
  panels: v.array(v.object({ title: v.string(), targets: v.array(v.object({ expr: v.string() })) })),
});

it('it answers every question of the dashboard', async ({ skip }) => {
  if (!isHere) skip(missing);
  const { panels } = v.parse(dashboard, JSON.parse(readFileSync('docs/grafana.json', 'utf8')));
  for (const { title, targets: asked } of panels)
    for (const { expr } of asked) {
      const expression = expr.replaceAll('$job', 'mailgun').replaceAll('$__rate_interval', '5m');
      await query(expression).catch((error: unknown) => {
        throw new Error(`${title}: ${expression}: ${String(error)}`);
      });
    }
});
