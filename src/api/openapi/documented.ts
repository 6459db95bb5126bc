import { body, openapi } from 'codehooks-js';
import { parts } from '../../audit/audit';
import { failureClasses } from '../../events/classify';
import { statuses } from '../../subscribers/subscriber';
import { refusals as refusalReasons } from '../../webhook/outcome';
import { campaigns, sortNames } from '../campaigns';
import { dead } from '../dead';
import { events } from '../events';
import { failures } from '../failures';
import { refusals } from '../refusals';
import { subscribers } from '../subscribers';
import { suppressionLists } from '../suppressions';
import { timeline } from '../timeline';
import {
  campaign,
  campaignWithDays,
  difference,
  event,
  eventWithRaw,
  failureGroup,
  health,
  message,
  pageOf,
  refusalsOfDay,
  subscriber,
  subscriberWithEvents,
  summary,
  suppressedItem,
  suppression,
  timelineStep,
} from './components';
import { answer, operation, pages, table } from './operation';
import { changedSince, choice, cursor, days, domain, inPath, limit, optional, span, tag } from './parameters';
import { count, day, flag, list, map, nullable, object, oneOf, text, time } from './schema';

const statistics = 'Statistics';
const addresses = 'Addresses';
const log = 'Events';
const trouble = 'Trouble';

/** Operations of which the space asks no key. */
const open = { security: [] };

const noEvent = 'No event in the log has this key.';
const noAddress = 'No event for this address has been processed.';

const signed = object({
  signature: object({
    timestamp: text('1795493423'),
    token: text('b4a1c6e2'.repeat(6)),
    signature: text('9f86d081'.repeat(8)),
  }),
  'event-data': {
    type: 'object',
    example: { event: 'delivered', id: 'Gx5UZb0mQ2a', recipient: 'alice@example.com' },
  },
});
const form = { schema: { type: 'object' } } as const;
const refused = object({ error: oneOf(...refusalReasons), detail: text('A sentence.') }, ['detail']);

const healthOperation = {
  ...open,
  tags: [trouble],
  parameters: [],
  responses: { 200: answer('All is well.', health), 503: answer('It is not.', health) },
};

/** What the document says of each route. It stands behind the route's handler, so that it is read but never runs. */
export const documented = {
  postWebhook: openapi({
    ...open,
    summary: 'Take in an event of Mailgun',
    description: 'Current events are JSON, legacy ones a form whose fields include the signature.',
    tags: ['Webhook'],
    parameters: [],
    requestBody: {
      ...body({ ...signed, additionalProperties: true }),
      content: {
        'application/json': { schema: signed },
        'application/x-www-form-urlencoded': form,
        'multipart/form-data': form,
      },
    },
    responses: {
      200: answer(
        'The event is stored.',
        object({ received: flag(true), queued: flag(true), id: text('KEY'), duplicate: flag(true) }, [
          'duplicate',
        ]),
      ),
      406: answer('Refused for good.', refused),
      503: answer('Try again later.', refused),
    },
  }),

  getStatus: openapi({ ...healthOperation, summary: 'Whether webhooks can be taken in and are worked off' }),

  getHealth: openapi({
    ...healthOperation,
    summary: 'The same as the status, where the platform leaves this path to the app',
  }),

  getDashboard: openapi({
    ...open,
    summary: 'The dashboard: a page that asks for the API key itself',
    tags: [trouble],
    parameters: [],
    responses: { 200: answer('The page.', text('<!doctype html>'), 'text/html') },
  }),

  getSummary: operation({
    tag: statistics,
    summary: 'Everything in one answer',
    description:
      'All mail or one domain, in all or in a span of days, which is compared with the one before.',
    parameters: [...days, domain],
    answer: summary,
  }),
  timeline: table(
    {
      tag: statistics,
      summary: 'Counts and rates over time',
      description: 'By day at most 1100, 30 without `from`; by hour at most 168, 24 without.',
      parameters: [choice('by', 'The step.', ['hour', 'day'], 'day'), ...span, tag, domain],
      item: timelineStep,
      more: { by: oneOf('day', 'hour'), from: time, to: time },
    },
    timeline,
  ),
  campaigns: pages(
    {
      tag: statistics,
      summary: 'Campaigns, one per tag',
      parameters: [
        choice(
          'sort',
          'With a `-` for descending.',
          sortNames.flatMap((name) => [name, `-${name}`]),
          '-lastEventAt',
        ),
        optional('search', 'The beginning of a tag.'),
      ],
      item: campaign,
    },
    campaigns,
  ),
  getCampaign: operation({
    tag: statistics,
    summary: 'One campaign with its days',
    parameters: [inPath.tag],
    answer: campaignWithDays,
    notFound: 'No event with this tag has been counted.',
  }),
  failures: table(
    {
      tag: statistics,
      summary: 'Failures by sending domain, provider, class and code, the most frequent first',
      description:
        'At most 366 days, 30 without `from`. A day keeps its 500 largest groups as they are; of smaller ones the code, and if need be the domain, is `*`.',
      parameters: [...days, domain],
      item: failureGroup,
      more: { from: day, to: day, domain: nullable(text('mg.example.com'), null), failures: count(380) },
    },
    failures,
  ),
  refusals: table(
    {
      tag: statistics,
      summary: 'Requests to the webhook that were refused, per day',
      description: 'At most 35 days, 14 without `from`.',
      parameters: days,
      item: refusalsOfDay,
    },
    refusals,
  ),

  subscribers: pages(
    {
      tag: addresses,
      summary: 'Subscribers',
      description:
        'The latest event first; with `search` by address; with `changedSince` by `changedAt`, oldest first.',
      parameters: [
        choice('status', 'The state of the address.', statuses),
        optional('search', 'The beginning of an address.'),
        changedSince,
      ],
      item: subscriber,
    },
    subscribers,
  ),
  getSubscriber: operation({
    tag: addresses,
    summary: 'One subscriber with its story, newest first',
    parameters: [inPath.email, limit, cursor],
    answer: subscriberWithEvents,
    notFound: noAddress,
  }),
  postReactivate: operation({
    tag: addresses,
    summary: 'Let nothing that happened before now count against an address',
    parameters: [inPath.email],
    answer: object({
      subscriber,
      mailgun: object({
        removed: list(text('bounces')),
        detail: text('The address is on none of the suppression lists of Mailgun any more.'),
      }),
    }),
    notFound: noAddress,
  }),
  deleteSubscriber: operation({
    tag: addresses,
    summary: 'Erase a person from every collection',
    parameters: [inPath.email],
    answer: object({ erased: flag(true), events: count(12) }),
    notFound: 'Nothing is known of this address.',
  }),
  getSuppression: operation({
    tag: addresses,
    summary: 'Whether one may write to an address',
    parameters: [inPath.email],
    answer: suppression,
  }),
  checkSuppressions: operation({
    tag: addresses,
    summary: 'Which of up to 1000 addresses must not be written to',
    requestBody: body(object({ addresses: { ...list(text('Alice@Example.com')), maxItems: 1000 } })),
    answer: pageOf(suppressedItem, { checked: count(1), invalid: list(text('alice')) }),
  }),
  suppressionsCsv: operation({
    tag: addresses,
    summary: 'Suppressed addresses, as CSV',
    description: "With `list` the columns that Mailgun's import of that list takes.",
    parameters: [choice('list', "One of Mailgun's lists.", suppressionLists)],
    answer: text('address,reason,since,detail'),
    contentType: 'text/csv',
  }),

  events: pages(
    {
      tag: log,
      summary: 'The event log, newest first',
      parameters: [
        optional('recipient', 'An address.'),
        tag,
        optional('event', "Mailgun's name of the type, such as `failed`."),
        optional('messageId', 'With or without angle brackets.'),
        domain,
        choice('classification', 'What a failure means for its address.', failureClasses),
        ...span,
      ],
      item: event,
    },
    events,
  ),
  getEvent: operation({
    tag: log,
    summary: 'One event with its untouched original',
    parameters: [inPath.key],
    answer: eventWithRaw,
    notFound: noEvent,
  }),
  getMessage: operation({
    tag: log,
    summary: 'The path of one message, recipient by recipient',
    parameters: [inPath.messageId, cursor],
    answer: message,
    notFound: 'No event in the log is about a message with this id.',
  }),

  dead: pages({ tag: trouble, summary: 'Events that were given up', item: event }, dead),
  requeueDead: operation({
    tag: trouble,
    summary: 'Give a dead event all its attempts again',
    parameters: [inPath.key],
    answer: object({ requeued: count(1) }),
    notFound: 'No dead event has this key.',
  }),
  requeueAllDead: operation({
    tag: trouble,
    summary: 'Give up to 500 dead events all their attempts again',
    answer: object({ requeued: count(500), more: flag(true) }),
  }),
  getBackfill: operation({
    tag: trouble,
    summary: "How far Mailgun's own record was compared with what the webhooks brought",
    answer: pageOf(
      object({
        domain: text('mg.example.com'),
        checkedUntil: nullable(time),
        lastRunAt: nullable(time),
        lastError: nullable(text('Mailgun answered 500.'), null),
        missed: map('2026-11-24', count(2)),
      }),
      {
        configured: flag(true),
        problem: nullable(text('Mailgun answered 401.'), null),
        missed: map('2026-11-24', count(2)),
      },
    ),
  }),
  postBackfill: operation({
    tag: trouble,
    summary: "Compare a span of Mailgun's own record with the event log, a step at a time",
    description:
      'Stores what is missing. Ask again with `next` as `cursor` until it is null, after `retrySeconds` when there is a `problem`.',
    requestBody: body(
      object(
        {
          domain: text('mg.example.com'),
          from: text('2026-11-24', 'A day or a time, inclusive.'),
          to: text('2026-11-24', 'The last day, or a time, exclusive; now without it.'),
          cursor: nullable(text('', 'The `next` of the step before.'), null),
        },
        ['to', 'cursor'],
      ),
    ),
    answer: object({
      domain: text('mg.example.com'),
      from: time,
      to: time,
      seen: count(300),
      known: count(298),
      added: map('delivered', count(2)),
      checkedUntil: time,
      problem: nullable(
        object({ detail: text('Mailgun answered 500.'), retrySeconds: nullable(count(10)) }),
        null,
      ),
      next: nullable(text('eyJkb21haW4iOiJtZyJ9'), null),
    }),
  }),
  postAudit: operation({
    tag: trouble,
    summary: 'Compare statistics and states with the event log, a step at a time',
    requestBody: body(
      object(
        {
          fix: { type: 'boolean', default: false, description: 'Write what differs.', example: false },
          cursor: nullable(text('', 'The `next` of the step before.'), null),
        },
        ['fix', 'cursor'],
      ),
      { required: false },
    ),
    answer: pageOf(difference, {
      part: oneOf(...parts),
      checked: count(500),
      skipped: list(text('2025-01-01: its events are no longer kept')),
    }),
  }),
};
