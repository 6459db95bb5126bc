import { expect, it } from 'vitest';
import { histogramOf } from '../statistics/lags';
import { exposition } from './exposition';
import type { Facts } from './facts';
import type { Family } from './family';

const facts: Facts = {
  now: 0,
  refused: {
    invalid_signature: 0,
    timestamp_expired: 0,
    replay_attack: 0,
    invalid_payload: 0,
    foreign_domain: 0,
    not_configured: 0,
    unavailable: 0,
  },
  duplicates: 0,
  counts: {},
  lags: [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 90_000_500],
  lastEventAt: null,
  domains: new Map(),
  failures: [],
  held: {
    added: { soft: 0, manual: 0, bounce: 0, unsubscribe: 0, complaint: 0 },
    lifted: { soft: 0, manual: 0, bounce: 0, unsubscribe: 0, complaint: 0 },
  },
  backlog: { pending: 0, dead: 0, oldestPending: null },
  backfilledUntil: new Map(),
  alerts: { warn: 0, critical: 0 },
  destinations: [],
};

const some: Family[] = [
  {
    name: 'mailgun_things',
    type: 'counter',
    help: 'Things, \\ and a\nline.',
    labels: ['domain'],
    samples: () => [{ labels: { domain: 'a"b\\c\nd' }, value: 2 }],
  },
  {
    name: 'mailgun_age_seconds',
    type: 'histogram',
    help: 'Ages.',
    labels: ['source'],
    samples: ({ lags }) => [
      { labels: { source: 'webhook' }, histogram: histogramOf(lags, 'webhookArrival') },
    ],
  },
];

it('is what Prometheus reads', () => {
  expect(exposition(some, facts, 'prometheus')).toBe(`# HELP mailgun_things_total Things, \\\\ and a\\nline.
# TYPE mailgun_things_total counter
mailgun_things_total{domain="a\\"b\\\\c\\nd"} 2
# HELP mailgun_age_seconds Ages.
# TYPE mailgun_age_seconds histogram
mailgun_age_seconds_bucket{source="webhook",le="1.0"} 3
mailgun_age_seconds_bucket{source="webhook",le="5.0"} 4
mailgun_age_seconds_bucket{source="webhook",le="15.0"} 4
mailgun_age_seconds_bucket{source="webhook",le="60.0"} 4
mailgun_age_seconds_bucket{source="webhook",le="300.0"} 4
mailgun_age_seconds_bucket{source="webhook",le="900.0"} 4
mailgun_age_seconds_bucket{source="webhook",le="3600.0"} 4
mailgun_age_seconds_bucket{source="webhook",le="14400.0"} 4
mailgun_age_seconds_bucket{source="webhook",le="28800.0"} 4
mailgun_age_seconds_bucket{source="webhook",le="86400.0"} 4
mailgun_age_seconds_bucket{source="webhook",le="+Inf"} 5
mailgun_age_seconds_count{source="webhook"} 5
mailgun_age_seconds_sum{source="webhook"} 90000.5
`);
});

it('is OpenMetrics with the same samples', () => {
  const lines = (text: string) => text.split('\n').filter((line) => !line.startsWith('#'));
  const open = exposition(some, facts, 'openmetrics');
  expect(lines(open)).toEqual(lines(exposition(some, facts, 'prometheus')));
  expect(open.split('\n').filter((line) => line.startsWith('#'))).toEqual([
    '# HELP mailgun_things Things, \\\\ and a\\nline.',
    '# TYPE mailgun_things counter',
    '# HELP mailgun_age_seconds Ages.',
    '# TYPE mailgun_age_seconds histogram',
    '# UNIT mailgun_age_seconds seconds',
    '# EOF',
  ]);
});
