import { stepKinds } from '../../alerts/alert';
import { alertLevels } from '../../alerts/level';
import { ruleNames } from '../../alerts/rules';
import { digestKinds } from '../../digest/period';
import { doubts, failureClasses } from '../../events/classify';
import { storedFields } from '../../events/fields';
import { comparedLists } from '../../list-comparison/places';
import { counters, helpOf } from '../../statistics/counter-table';
import { exampleCounts, withZeros } from '../../statistics/counters';
import { rateNames, ratesOf } from '../../statistics/rates';
import { statuses } from '../../subscribers/subscriber';
import { reasonWords } from '../../suppressions/answer';
import { sources, suppressionLists } from '../../suppressions/suppression';
import { refusals } from '../../webhook/outcome';
import { schemasOf } from './event-fields';
import {
  anything,
  component,
  count,
  day,
  flag,
  list,
  map,
  nullable,
  object,
  oneOf,
  type Schema,
  type Schemas,
  text,
  time,
} from './schema';

/** The same schema for several fields. */
function each(names: readonly string[], schema: Schema): Schemas {
  return Object.fromEntries(names.map((name) => [name, schema]));
}

const exampleNumbers = withZeros(exampleCounts);
const counterFields = Object.fromEntries(
  counters.map((name) => [name, { ...count(exampleNumbers[name]), description: helpOf(name) }]),
);
const share = (example: unknown): Schema => ({ type: 'number', nullable: true, example });

const never = nullable(time, null);
const perhaps = nullable(time);
const email = text('alice@example.com');

export const error = component(
  'Error',
  object({
    error: oneOf('invalid_parameter', 'not_configured', 'not_found', 'unavailable'),
    detail: text('The parameter limit is not accepted: it must be a whole number from 1 to 1000.'),
  }),
);

const healthFields = {
  status: oneOf('ok', 'not_configured', 'stuck', 'unavailable'),
  pending: count(0),
  dead: count(0),
  oldestPendingSeconds: nullable(count(0), null),
};
const healthNumbers = ['pending', 'dead', 'oldestPendingSeconds'];
export const health = component('Health', object(healthFields, healthNumbers));

export const counts = component('Counters', object(counterFields));
const someCounts = component('SomeCounters', object(counterFields, counters));
const exampleRates = ratesOf(exampleCounts);
export const rates = component(
  'Rates',
  object(
    Object.fromEntries(
      rateNames.map((name) => [name, { ...share(exampleRates[name]), description: helpOf(name) }]),
    ),
  ),
);
const days = map('2026-11-24', someCounts);
const numbers = { totals: counts, rates };

export const summary = object({
  from: nullable(day),
  to: nullable(day),
  domain: nullable(text('mg.example.com'), null),
  ...numbers,
  firstEventAt: perhaps,
  lastEventAt: perhaps,
  days,
  before: nullable(object({ from: day, to: day, ...numbers })),
  change: nullable(
    object({
      totals: object(each(counters, share(0.1))),
      rates: object(each(rateNames, share(-0.01))),
    }),
  ),
  providers: list(object({ provider: text('Gmail'), ...numbers })),
  domains: list(object({ domain: text('mg.example.com'), ...numbers })),
  health: object({ ...healthFields, lastReceivedAt: perhaps, lastBackfillAt: perhaps }, healthNumbers),
  refusedToday: object(each(refusals, count(0))),
  missedByWebhook: map('2026-11-24', count(2)),
});

/** A campaign or a provider in the digest. */
const mailOf = (name: string): Schema =>
  list(
    object({
      name: text(name),
      processed: count(12_000),
      complaint: share(0.0045),
      bounce: share(0.032),
      deferral: share(0.02),
      trouble: list(oneOf('complaint', 'bounce', 'deferral')),
    }),
  );

export const digest = object({
  key: text('digest:daily:2026-11-24'),
  title: text('Mail on Tuesday 24 November 2026: 94,500 sent, 98.2 % delivered'),
  text: text('94,500 messages sent, 12 % more than on an average day of the week before.'),
  period: object({ kind: oneOf(...digestKinds), from: day, to: day, dueAt: time }),
  ...numbers,
  before: object({ from: day, to: day, ...numbers }),
  campaigns: mailOf('welcome'),
  providers: mailOf('Gmail'),
  doubtful: object({
    addresses: count(12),
    blocks: list(object({ day, provider: text('Outlook'), code: text('550 5.7.1'), addresses: count(12) })),
  }),
  dead: count(0),
  missed: count(2),
  alerts: object({
    open: count(1),
    first: list(
      object({ title: text('Complaints are over 0.10 %'), level: oneOf('warn', 'critical'), openedAt: time }),
    ),
  }),
});

export const timelineStep = object({ start: time, ...counterFields, rates });

const campaignFields = {
  tag: text('welcome'),
  ...counterFields,
  rates,
  firstEventAt: perhaps,
  lastEventAt: perhaps,
  trend: list(object({ day, delivered: count(960), uniqueOpens: count(610), uniqueClicks: count(113) })),
};
export const campaign = object(campaignFields);
export const campaignWithDays = object({ ...campaignFields, days });

export const failureGroup = object({
  domain: nullable(text('mg.example.com', 'The sending domain; null where none is told.')),
  provider: text('Outlook'),
  classification: { ...oneOf(...failureClasses), example: 'sender_blocked' },
  code: nullable(text('5.7.515', 'Null where none is told.')),
  failures: count(380),
  hardBounces: { ...count(380), description: helpOf('hardBounces') },
  addressIsBad: { ...nullable(flag(false)), description: 'Null where such failures do not tell.' },
});

export const refusalsOfDay = object({
  day,
  total: count(refusals.length),
  reasons: object(each(refusals, count(1))),
});

const suppressionReason = oneOf(...Object.values(reasonWords).reverse());
export const suppressionRecord = component(
  'Suppression',
  object({
    id: text('bounce|mg.example.com|*', 'Tells the suppressions of one address apart.'),
    list: { ...oneOf(...suppressionLists), example: 'bounce' },
    domain: nullable(text('mg.example.com', 'The sending domain that it holds for; null: all.')),
    scope: text(
      '*',
      '`*` for all mail, `tag:NAME`, `list:ADDRESS`, or `mail:[TAGS]` of mail that was refused.',
    ),
    since: time,
    source: { ...oneOf(...sources), example: 'webhook' },
    event: nullable(text('2026-11-24_failed_Gx5UZb0mQ2aLw8rT1cVnYe', 'The key of the event that decided.')),
    detail: nullable(text('550 5.1.1 No such user')),
    classification: nullable(text('hard_bounce')),
    code: nullable(text('5.1.1')),
    provider: nullable(text('Other')),
    by: nullable(text('Support'), null),
    until: never,
    doubtful: {
      ...flag(false),
      description: 'Mailgun refuses, but it speaks against the sender, the content or a full mailbox.',
    },
    refusedByMailgun: flag(true),
  }),
);
const verdictFields = {
  reason: nullable(suppressionReason, 'bounced'),
  since: perhaps,
  doubtful: flag(false),
  scopes: list(suppressionRecord),
};
export const suppressedItem = object({ given: text('Alice@Example.com'), email, ...verdictFields });
export const invalidEntry = object({ given: text('alice'), detail: text('This is not one mail address.') });
export const suppression = object({ email, suppressed: flag(true), ...verdictFields });
const decisionFields = {
  kind: oneOf('lift', 'add'),
  list: nullable(oneOf(...suppressionLists), null),
  domain: nullable(text('mg.example.com'), null),
  scope: nullable(text('*'), null),
  at: time,
  until: never,
  since: never,
  source: { ...oneOf(...sources), example: 'person' },
  by: nullable(text('Support')),
  why: nullable(text('Asked for it by telephone.')),
};
export const suppressionChange = object({
  id: text('0f8fad5b-d9cb-469f-a165-70867728950e'),
  at: time,
  email: nullable(email),
  kind: oneOf('added', 'changed', 'lifted'),
  suppression: suppressionRecord,
  by: nullable(text('Support'), null),
  why: nullable(text('Asked for it.'), null),
});
export const allowedEntry = object({
  value: text('example.com', 'An address or a domain of addresses.'),
  domain: nullable(text('mg.example.com', 'The sending domain; null: all.'), null),
  source: oneOf('person', 'mailgun'),
  at: time,
  by: nullable(text('Support')),
  why: nullable(text('Our own company.')),
});
export const importedLine = object({
  line: count(2),
  given: text('Alice@Example.com'),
  email: nullable(email),
  result: oneOf('added', 'known', 'invalid'),
  detail: nullable(text('This is not one mail address.'), null),
});
export const comparedList = object({
  domain: text('mg.example.com'),
  list: oneOf(...comparedLists),
  isRunning: flag(false),
  finishedAt: nullable(time),
  seen: count(50_000),
  added: count(12),
  lifted: count(1),
  lastError: nullable(text('Mailgun answered 500.'), null),
});
export const mailgunProblem = nullable(
  object({ detail: text('Mailgun answered 500.'), retrySeconds: nullable(count(10)) }),
  null,
);
export const listDifference = object({
  email,
  list: { ...oneOf(...suppressionLists), example: 'bounce' },
  domain: text('mg.example.com'),
  scope: text('*'),
  side: oneOf('here', 'mailgun'),
});
export const block = object({
  day,
  provider: text('Outlook'),
  code: text('5.7.515'),
  addresses: count(2140),
});
export const mailgunOutcome = object({
  removed: list(text('bounces')),
  detail: text('The address was removed from these lists of Mailgun: bounces.'),
});

const subscriberFields = {
  email,
  status: { ...oneOf(...statuses), example: 'bounced' },
  active: flag(false),
  bounced: flag(true),
  doNotEmail: flag(true),
  bounceReason: nullable(text('550 5.1.1 No such user')),
  bounceDate: perhaps,
  ...each(['complaintDate', 'unsubscribeDate'], never),
  unsubscribedFrom: { ...list(text('*')), example: [] },
  softBounces: count(0),
  ...each(['reactivatedAt', 'lastDeliveredAt', 'lastOpenedAt', 'lastClickedAt'], never),
  ...each(['firstEventAt', 'lastEventAt', 'changedAt'], perhaps),
  suppressions: list(suppressionRecord),
  decisions: list(object(decisionFields)),
};
export const subscriber = component('Subscriber', object(subscriberFields));

const publicEvent = schemasOf(storedFields);
export const event = component('Event', object(publicEvent));
/** An event as the export gives it. */
export const exportedEvent = object(
  {
    cursor: text('12.3', 'Where the export goes on behind this event.'),
    ...publicEvent,
    userVariables: {
      ...anything({ order_id: '1234' }),
      nullable: true,
      description: 'As JSON; null where there are none.',
    },
    raw: nullable(text('{"event":"failed"}', 'With `original=yes`.'), null),
  },
  ['raw'],
);
export const eventWithRaw = object({
  ...publicEvent,
  meaning: {
    ...nullable(
      object({
        listedByMailgun: flag(true),
        addressIsBad: nullable(flag(true)),
        doubt: nullable(oneOf(...doubts), null),
      }),
    ),
    description:
      'Of a failure: whether its address is now on a list of Mailgun, whether it is bad (null: not told), and what speaks for it although it is listed.',
  },
  raw: nullable(text('{"event":"failed","severity":"permanent"}')),
});

const next = nullable(text('eyJ2YWx1ZSI6IjIwMjYifQ', 'Ask for the next page with it as `cursor`.'), null);
/** What a list answers; a table has fields of its own and is given whole. */
export const pageOf = (item: Schema, more: Schemas = {}): Schema =>
  object({ ...more, items: list(item), next });

export const subscriberWithEvents = object({ ...subscriberFields, events: list(event), next });

export const message = object({
  messageId: text('20261124041023.1.ab@mg.example.com'),
  subject: nullable(text('Welcome')),
  domain: nullable(text('mg.example.com')),
  tags: list(text('welcome')),
  recipients: list(object({ recipient: nullable(email), events: list(event) })),
  next,
});

export const difference = object({
  where: email,
  what: text('softBounces'),
  expected: anything(1),
  stored: anything(0),
});

const level = { ...oneOf(...alertLevels), example: 'critical' };
const threshold = (example: number | null): Schema => ({ type: 'number', nullable: true, example });
const thresholds = object({
  warn: threshold(0.001),
  critical: threshold(0.003),
  minVolume: count(1000),
  minCount: count(5),
  windowHours: count(24),
});
const value: Schema = { type: 'number', example: 0.0047 };
const ruleName = { ...oneOf(...ruleNames), example: 'complaints' };
const details = list(text('tag spring-sale: 7 of 1500'));

const alertFields = {
  id: text('complaints-9f86d081884c7d65-000001'),
  rule: ruleName,
  title: text('Complaints'),
  scope: text('tag:spring-sale', 'What it is about: `all`, or a `tag:`, `domain:` or `provider:`.'),
  about: text('tag spring-sale'),
  state: oneOf('open', 'resolved'),
  level,
  value,
  reads: text('0.47 % of the mail at providers that report complaints'),
  count: count(7),
  volume: count(1500),
  details,
  openedAt: time,
  ...each(['resolvedAt', 'acknowledgedAt'], never),
  acknowledgedBy: nullable(text('Support'), null),
  mutedUntil: never,
  lastToldAt: perhaps,
  thresholds: nullable(thresholds),
};
export const alert = component('Alert', object(alertFields));
export const alertWithSteps = object({
  ...alertFields,
  steps: list(
    object({
      number: count(1),
      kind: oneOf(...stepKinds),
      at: time,
      level,
      value,
      count: count(7),
      volume: count(1500),
      details,
      word: nullable(text('It rested on incomplete numbers.'), null),
      by: nullable(text('Support'), null),
      noticeKey: {
        ...nullable(text('alerts/complaints-9f86d081884c7d65-000001/1-opened')),
        description: 'Of the message that tells of it; null when nobody is told.',
      },
      publishedAt: perhaps,
    }),
  ),
});

export const alertRule = component(
  'AlertRule',
  object({
    name: ruleName,
    title: text('Complaints'),
    measures: text('of the mail at providers that report complaints'),
    unit: oneOf('share', 'minutes', 'count'),
    scopes: list(oneOf('all', 'domain', 'provider', 'tag')),
    thresholds,
    defaults: thresholds,
    hasWindow: { ...flag(true), description: 'Whether windowHours can be changed.' },
    source: { ...oneOf('default', 'settings', 'api'), description: 'Where the thresholds come from.' },
    wouldHaveFired: {
      ...nullable(count(2)),
      description: 'How often in the last 30 days, by whole days; null when that is not known.',
    },
    share: {
      ...nullable(object({ of: text('complaints'), per: list(text('deliveredToReporting')) })),
      description: 'The counters of the share; null when it is none of counters.',
    },
    advice: text('Stop the campaign.'),
  }),
);
