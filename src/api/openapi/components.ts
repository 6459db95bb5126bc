import { doubts, failureClasses } from '../../events/classify';
import { storedFields } from '../../events/fields';
import { counters, helpOf } from '../../statistics/counter-table';
import { exampleCounts, withZeros } from '../../statistics/counters';
import { rateNames, ratesOf } from '../../statistics/rates';
import { statuses } from '../../subscribers/subscriber';
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

const suppressionReason = oneOf(...statuses.filter((status) => status !== 'active'));
export const suppressedItem = object({
  given: text('Alice@Example.com'),
  email,
  reason: suppressionReason,
  since: perhaps,
});
export const suppression = object({
  email,
  suppressed: flag(true),
  reason: nullable(suppressionReason),
  since: perhaps,
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
};
export const subscriber = component('Subscriber', object(subscriberFields));

const publicEvent = schemasOf(storedFields);
export const event = component('Event', object(publicEvent));
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
