import { afterEach, expect, it } from 'vitest';
import type { App } from '../app/app';
import { type RecordedMailgun, startComparing, startRecordedMailgun } from '../backfill/space';
import type { MailgunRoutes } from '../mailgun-api/server';
import { type Hit, thresholdRoutes } from '../mailgun-api/thresholds';
import { checking } from './alerted-space';

const hit: Hit = {
  id: 'hit-1',
  name: 'too many bounces',
  triggered: true,
  metric: 'hard_bounces_rate',
  comparator: '>',
  limit: '0.05',
  latest_value: '0.07',
  dimension: 'domain',
  dimension_value: 'mg.example.com',
};

let app: App;
let mailgun: RecordedMailgun;
afterEach(async () => {
  await app.stop();
  await mailgun.server.stop();
});

async function openWith(thresholds: MailgunRoutes): Promise<unknown> {
  mailgun = await startRecordedMailgun({ before: [thresholds] });
  app = await startComparing(mailgun);
  await app.runJobs(checking);
  await app.runJobs(checking);
  const { body } = await app.get('/api/alerts');
  return body.items;
}

const asked = () => mailgun.server.seen.filter((request) => request.includes('/v1/thresholds/hits')).length;

it('a threshold that is hit at Mailgun is told with what Mailgun says, and Mailgun is not asked every minute', async () => {
  const open = await openWith(thresholdRoutes([hit, { ...hit, name: 'all is well', triggered: false }]));
  expect(open).toMatchObject([
    {
      rule: 'mailgun-threshold',
      about: 'threshold too many bounces',
      level: 'warn',
      details: ['domain mg.example.com hard_bounces_rate 0.07 > 0.05'],
    },
  ]);
  expect(asked()).toBe(1);
});

it.each<[string, MailgunRoutes]>([
  ['an account without thresholds', () => null],
  [
    'an answer of another kind',
    ({ url }) => (url.pathname.startsWith('/v1/thresholds') ? { status: 200, body: [1] } : null),
  ],
  ['an outage', ({ url }) => (url.pathname.startsWith('/v1/thresholds') ? { status: 500, body: {} } : null)],
])('%s opens nothing and stops no check', async (_, routes) => {
  expect(await openWith(routes)).toEqual([]);
  expect(asked()).toBe(1);
  expect(app.log.filter(({ text }) => text.includes('alerts not checked'))).toEqual([]);
});
