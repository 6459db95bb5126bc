import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, event, signingKey, startApp } from './app';

const checking = '*/1 * * * *';
const items = v.object({ items: v.array(v.looseObject({ id: v.optional(v.string(), '') })) });

let app: App;
beforeAll(async () => {
  app = await startApp('bundle', {
    env: {
      MAILGUN_WEBHOOK_SIGNING_KEY: signingKey,
      ALERT_THRESHOLDS: '{"complaints":{"minVolume":3,"minCount":1},"unsubscribes":{"warn":0.015}}',
    },
  });
  app.stopClock();
  for (let number = 0; number < 4; number += 1)
    await app.send(event('delivered', { tags: ['spring'], recipient: 'a@yahoo.com' }));
  await app.send(event('complained', { tags: ['spring'], recipient: 'a@yahoo.com' }));
  await app.drain();
  await app.runJobs(checking);
});
afterAll(() => app.stop());

async function openIds(): Promise<string[]> {
  return v.parse(items, (await app.get('/api/alerts')).body).items.map(({ id }) => id);
}

async function ruleNamed(name: string): Promise<unknown> {
  const { body } = await app.get('/api/alerts/rules');
  return v.parse(items, body).items.find((rule) => rule.name === name);
}

it('an open alert is listed with what it reads, in words too', async () => {
  expect((await app.get('/api/alerts')).body).toMatchObject({
    items: [
      {
        rule: 'complaints',
        scope: 'tag:spring',
        about: 'tag spring',
        state: 'open',
        level: 'critical',
        value: 0.25,
        count: 1,
        volume: 4,
        reads: '25.0 % of the mail at providers that report complaints',
        acknowledgedAt: null,
        mutedUntil: null,
      },
    ],
    next: null,
  });
  expect((await app.get('/api/alerts?state=all')).body).toMatchObject({ items: [{ state: 'open' }] });
  expect((await app.get('/api/alerts?state=shut')).status).toBe(400);
});

it('it is acknowledged and muted, and keeps who did it', async () => {
  const [id = ''] = await openIds();
  expect(await app.call('POST', `/api/alerts/${id}/acknowledge`, { by: 'Ann' })).toMatchObject({
    status: 200,
    body: { acknowledgedBy: 'Ann', steps: [{ kind: 'opened' }, { kind: 'acknowledged', by: 'Ann' }] },
  });
  const until = '2030-01-01T00:00:00.000Z';
  expect(await app.call('POST', `/api/alerts/${id}/mute`, { until, by: 'Bob' })).toMatchObject({
    body: { mutedUntil: until },
  });
  expect(await app.call('POST', `/api/alerts/${id}/mute`, { until: null })).toMatchObject({
    body: { mutedUntil: null },
  });
  expect((await app.get(`/api/alerts/${id}`)).body).toMatchObject({
    steps: [
      { kind: 'opened', noticeKey: `alerts/${id}/1-opened`, publishedAt: expect.any(String) },
      { kind: 'acknowledged', noticeKey: null },
      { kind: 'muted', by: 'Bob' },
      { kind: 'muted', by: null },
    ],
  });
  for (const body of [{}, { until: 'tomorrow' }, { until: 5 }, { until, extra: 1 }])
    expect((await app.call('POST', `/api/alerts/${id}/mute`, body)).status).toBe(400);
});

it.each(['none', '../secrets', 'complaints-0000000000000000-000001', '$where'])(
  'there is no alert %s',
  async (id) => {
    const path = `/api/alerts/${encodeURIComponent(id)}`;
    expect((await app.get(path)).status).toBe(404);
    expect((await app.call('POST', `${path}/acknowledge`, {})).status).toBe(404);
    expect((await app.call('POST', `${path}/mute`, { until: null })).status).toBe(404);
  },
);

describe('thresholds', () => {
  it('are the defaults, those of the settings, or those of the API, which win', async () => {
    expect(await ruleNamed('hard-bounces')).toMatchObject({ source: 'default', thresholds: { warn: 0.02 } });
    expect(await ruleNamed('unsubscribes')).toMatchObject({
      source: 'settings',
      thresholds: { warn: 0.015, critical: 0.02 },
    });
    expect(await app.call('PUT', '/api/alerts/rules/unsubscribes', { warn: 0.005 })).toMatchObject({
      status: 200,
      body: { source: 'api', thresholds: { warn: 0.005, critical: 0.02 } },
    });
    expect((await app.call('DELETE', '/api/alerts/rules/unsubscribes')).body).toMatchObject({
      source: 'settings',
      thresholds: { warn: 0.015 },
    });
  });

  it('tell how often they would have fired', async () => {
    expect(await ruleNamed('complaints')).toMatchObject({ wouldHaveFired: 1 });
    expect(await ruleNamed('hard-bounces')).toMatchObject({ wouldHaveFired: 0 });
    expect(await ruleNamed('dead-letters')).toMatchObject({ wouldHaveFired: null });
    expect((await app.get('/api/alerts/rules?fired=no')).body).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ name: 'complaints', wouldHaveFired: null })]),
    });
    expect(
      (await app.call('PUT', '/api/alerts/rules/complaints', { warn: 0.5, critical: null })).body,
    ).toMatchObject({ wouldHaveFired: 0 });
    await app.call('DELETE', '/api/alerts/rules/complaints');
  });

  it('are tried before they are saved, which changes nothing', async () => {
    const path = '/api/alerts/rules/complaints/trial';
    const before = await ruleNamed('complaints');
    expect(await app.call('POST', path, { warn: 0.5, critical: null })).toMatchObject({
      status: 200,
      body: {
        name: 'complaints',
        thresholds: { warn: 0.5, critical: null },
        defaults: { warn: 0.001, critical: 0.003, minVolume: 1000, minCount: 5 },
        wouldHaveFired: 0,
      },
    });
    const sensitive = { minVolume: 3, minCount: 1 };
    expect((await app.call('POST', path, sensitive)).body).toMatchObject({
      thresholds: { warn: 0.001, ...sensitive },
      wouldHaveFired: 1,
    });
    // What is left out is the default's, not the setting's: four mails are too few for it.
    expect((await app.call('POST', path, {})).body).toMatchObject({
      thresholds: { minVolume: 1000 },
      wouldHaveFired: 0,
    });
    expect((await app.call('POST', '/api/alerts/rules/dead-letters/trial', {})).body).toMatchObject({
      name: 'dead-letters',
      wouldHaveFired: null,
    });
    expect(await ruleNamed('complaints')).toEqual(before);
  });

  it('there is no trial of a rule that nobody knows', async () => {
    const { status, body } = await app.call('POST', '/api/alerts/rules/complaint/trial', { warn: 0.5 });
    expect([status, body.error]).toEqual([404, 'not_found']);
    expect(body.detail).toContain('The rules are complaints, hard-bounces');
  });

  it.each<[string, object, string]>([
    ['complaints', { warn: 3 }, 'a share is from 0 to 1: 0.003 is 0.3 %.'],
    ['complaints', { warn: 0.01, critical: 0.005 }, 'critical must not be below warn.'],
    ['complaints', { warn: '0.1' }, 'The parameter warn is not accepted: it must be a number, or null.'],
    ['complaints', { warnings: 1 }, 'The parameter warnings is not accepted'],
    ['complaints', { windowHours: 48 }, 'it must be from 1 to 24.'],
    ['dead-letters', { windowHours: 2 }, 'this rule has no windowHours.'],
  ])('of %s: %o is refused with a sentence', async (name, change, sentence) => {
    for (const [method, path] of [
      ['PUT', `/api/alerts/rules/${name}`],
      ['POST', `/api/alerts/rules/${name}/trial`],
    ] as const) {
      const { status, body } = await app.call(method, path, change);
      expect(status, method).toBe(400);
      expect(String(body.detail), method).toContain(sentence);
    }
  });
});

it('a rule that is switched off ends its alerts', async () => {
  const [id = ''] = await openIds();
  await app.call('PUT', '/api/alerts/rules/complaints', { warn: null, critical: null });
  await app.runJobs(checking);
  // Ten minutes of being clear.
  const clearSince = new Date(Date.now() - 600_000).toISOString();
  await app.connection.updateOne('alerts', id, { $set: { clearSince } });
  await app.runJobs(checking);
  expect((await app.get('/api/alerts')).body).toMatchObject({ items: [] });
  expect((await app.get('/api/alerts?state=all')).body).toMatchObject({ items: [{ state: 'resolved' }] });
  expect((await app.get(`/api/alerts/${id}`)).body).toMatchObject({
    steps: expect.arrayContaining([
      expect.objectContaining({ kind: 'resolved', word: 'The rule was switched off.' }),
    ]),
  });
});

it('own mail and statistics agree with the log', async () => {
  await app.send(
    event('delivered', { tags: ['mailgun-webhook-handler-alert'], recipient: 'owner@yahoo.com' }),
  );
  await app.drain();
  expect(await app.audit()).toEqual([]);
});
