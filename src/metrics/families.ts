import { alertLevels } from '../alerts/level';
import { histogramOf } from '../statistics/lags';
import { suppressionLists } from '../suppressions/suppression';
import { refusals } from '../webhook/outcome';
import { maxDomains, otherDomains } from './domain-labels';
import { type Facts, typeCounters } from './facts';
import type { Family, Sample } from './family';

/** A sample without labels. */
const alone = (value: number): Sample[] => [{ labels: {}, value }];

const types = Object.entries(typeCounters);

/** Events that a webhook or the back-fill has brought: each of them came at some time. */
const webhookEvents = ({ lags }: Facts) => histogramOf(lags, 'webhookArrival');
const backfillEvents = ({ lags }: Facts) => histogramOf(lags, 'backfillArrival');

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const secondsSince = (time: string | null, now: number) =>
  time === null ? 0 : Math.max(0, (now - Date.parse(time)) / 1000);

/**
 * How far behind the back-fill is. The domains that are furthest behind have series of their own: of a gauge these may be
 * others at every scrape.
 */
function backfillDelays({ backfilledUntil, now }: Facts): Sample[] {
  const delays = [...backfilledUntil]
    .map(([domain, until]) => ({ domain, seconds: Math.max(0, now / 1000 - until) }))
    .sort((a, b) => b.seconds - a.seconds || (a.domain < b.domain ? -1 : 1));
  const [next, ...rest] = delays.slice(maxDomains);
  return [
    ...delays.slice(0, maxDomains).map(({ domain, seconds }) => ({ labels: { domain }, value: seconds })),
    ...(next === undefined
      ? []
      : [
          {
            labels: { domain: otherDomains },
            value: Math.max(next.seconds, ...rest.map((one) => one.seconds)),
          },
        ]),
  ];
}

/**
 * Everything that `/metrics` tells, in this order: a new family is a line here. `docs/metrics.md` is written from it.
 */
export const families: readonly Family[] = [
  {
    name: 'mailgun_webhook_received',
    type: 'counter',
    help: 'Requests to the webhook: what was stored and counted, duplicates and refusals.',
    labels: [],
    samples: (facts) =>
      alone(webhookEvents(facts).count + facts.duplicates + sum(Object.values(facts.refused))),
  },
  {
    name: 'mailgun_webhook_duplicates',
    type: 'counter',
    help: 'Requests with an event that was stored before.',
    labels: [],
    samples: ({ duplicates }) => alone(duplicates),
  },
  {
    name: 'mailgun_webhook_refused',
    type: 'counter',
    help: 'Requests that were refused, by reason.',
    labels: ['reason'],
    samples: ({ refused }) => refusals.map((reason) => ({ labels: { reason }, value: refused[reason] })),
  },
  {
    name: 'mailgun_events_stored',
    type: 'counter',
    help: 'Events of all types that are stored and counted, by what has brought them.',
    labels: ['source'],
    samples: (facts) => [
      { labels: { source: 'webhook' }, value: webhookEvents(facts).count },
      { labels: { source: 'backfill' }, value: backfillEvents(facts).count },
    ],
  },
  {
    name: 'mailgun_events',
    type: 'counter',
    help: 'Events of mail to recipients, by type.',
    labels: ['type'],
    samples: ({ counts }) =>
      types.map(([type, counter]) => ({ labels: { type }, value: counts[counter] ?? 0 })),
  },
  {
    name: 'mailgun_domain_events',
    type: 'counter',
    help: 'Events of mail to recipients, by sending domain and type.',
    labels: ['domain', 'type'],
    samples: ({ domains }) =>
      [...domains].flatMap(([domain, counts]) =>
        types.map(([type, counter]) => ({ labels: { domain, type }, value: counts[counter] ?? 0 })),
      ),
  },
  {
    name: 'mailgun_failures',
    type: 'counter',
    help: 'Failures of mail to recipients, by class and mailbox provider.',
    labels: ['class', 'provider'],
    samples: ({ failures }) =>
      failures.map(({ classification, provider, failures: value }) => ({
        labels: { class: classification, provider },
        value,
      })),
  },
  {
    name: 'mailgun_event_arrival_delay_seconds',
    type: 'histogram',
    help: 'Time from an event at Mailgun until it was received, by what has brought it.',
    labels: ['source'],
    samples: (facts) => [
      { labels: { source: 'webhook' }, histogram: webhookEvents(facts) },
      { labels: { source: 'backfill' }, histogram: backfillEvents(facts) },
    ],
  },
  {
    name: 'mailgun_event_processing_lag_seconds',
    type: 'histogram',
    help: 'Time from when an event was received until it had all its effects.',
    labels: [],
    samples: ({ lags }) => [{ labels: {}, histogram: histogramOf(lags, 'processing') }],
  },
  {
    name: 'mailgun_last_event_timestamp_seconds',
    type: 'gauge',
    help: 'When the latest event that is counted happened, in seconds since 1970, 0 for never.',
    labels: [],
    samples: ({ lastEventAt }) => alone(lastEventAt === null ? 0 : Date.parse(lastEventAt) / 1000),
  },
  {
    name: 'mailgun_events_pending',
    type: 'gauge',
    help: 'Events that are stored and have not had their effects; above 1000 as cron has counted them.',
    labels: [],
    samples: ({ backlog }) => alone(backlog.pending),
  },
  {
    name: 'mailgun_events_dead',
    type: 'gauge',
    help: 'Events that were given up and wait for a person, at most 1000.',
    labels: [],
    samples: ({ backlog }) => alone(backlog.dead),
  },
  {
    name: 'mailgun_oldest_pending_age_seconds',
    type: 'gauge',
    help: 'How long the oldest pending event waits, 0 when none does.',
    labels: [],
    samples: ({ backlog, now }) => alone(secondsSince(backlog.oldestPending, now)),
  },
  {
    name: 'mailgun_suppressions',
    type: 'gauge',
    help: 'Suppressions that are held, by list.',
    labels: ['list'],
    samples: ({ held }) =>
      suppressionLists.map((list) => ({ labels: { list }, value: held.added[list] - held.lifted[list] })),
  },
  {
    name: 'mailgun_suppressions_added',
    type: 'counter',
    help: 'Suppressions that were added, by list.',
    labels: ['list'],
    samples: ({ held }) => suppressionLists.map((list) => ({ labels: { list }, value: held.added[list] })),
  },
  {
    name: 'mailgun_suppressions_lifted',
    type: 'counter',
    help: 'Suppressions that were lifted, by list.',
    labels: ['list'],
    samples: ({ held }) => suppressionLists.map((list) => ({ labels: { list }, value: held.lifted[list] })),
  },
  {
    name: 'mailgun_backfill_delay_seconds',
    type: 'gauge',
    help: "How far behind now Mailgun's record was compared, by sending domain; half an hour is usual.",
    labels: ['domain'],
    samples: backfillDelays,
  },
  {
    name: 'mailgun_alerts_open',
    type: 'gauge',
    help: 'Alerts that are open, by level, at most 1000.',
    labels: ['level'],
    samples: ({ alerts }) => alertLevels.map((level) => ({ labels: { level }, value: alerts[level] })),
  },
  {
    name: 'mailgun_deliveries_waiting',
    type: 'gauge',
    help: 'Notices that wait for their delivery to a destination, at most 1000 each, of the first 20 destinations.',
    labels: ['destination', 'name'],
    samples: ({ destinations }) =>
      destinations.map(({ id, name, waiting }) => ({ labels: { destination: id, name }, value: waiting })),
  },
  {
    name: 'mailgun_deliveries_dead',
    type: 'gauge',
    help: 'Notices that were given up for a destination, at most 1000 each, of the first 20 destinations.',
    labels: ['destination', 'name'],
    samples: ({ destinations }) =>
      destinations.map(({ id, name, dead }) => ({ labels: { destination: id, name }, value: dead })),
  },
];
