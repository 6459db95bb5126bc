import { body, openapi } from 'codehooks-js';
import { parts } from '../../audit/audit';
import { digestKinds } from '../../digest/period';
import { failureClasses } from '../../events/classify';
import { statuses } from '../../subscribers/subscriber';
import { suppressionLists } from '../../suppressions/suppression';
import { refusals as refusalReasons } from '../../webhook/outcome';
import { alerts } from '../alerts';
import { campaigns, sortNames } from '../campaigns';
import { dead } from '../dead';
import { events } from '../events';
import { failures } from '../failures';
import { refusals } from '../refusals';
import { subscribers } from '../subscribers';
import { allowed } from '../suppression-decisions';
import { listNames } from '../suppressions-csv';
import { timeline } from '../timeline';
import {
  alert,
  alertRule,
  alertWithSteps,
  allowedEntry,
  block,
  campaign,
  campaignWithDays,
  comparedList,
  difference,
  digest,
  event,
  eventWithRaw,
  exportedEvent,
  failureGroup,
  health,
  importedLine,
  invalidEntry,
  listDifference,
  mailgunOutcome,
  mailgunProblem,
  message,
  pageOf,
  refusalsOfDay,
  subscriber,
  subscriberWithEvents,
  summary,
  suppressedItem,
  suppression,
  suppressionChange,
  timelineStep,
} from './components';
import { documentedDestinations } from './documented-destinations';
import { answer, operation, pages, readOnly, table } from './operation';
import { changedSince, choice, cursor, days, domain, inPath, limit, optional, span, tag } from './parameters';
import { reconciledDay, reconciliationSummary } from './reconciled';
import { count, day, flag, list, map, nullable, object, oneOf, text, time } from './schema';

const statistics = 'Statistics';
const addresses = 'Addresses';
const log = 'Events';
const trouble = 'Trouble';
const alerting = 'Alerts';

const selectorFields = {
  list: { ...oneOf(...suppressionLists), example: 'bounce' },
  domain: text('mg.example.com', 'A sending domain.'),
  tag: text('news', 'Of an unsubscribe; `*` for what is from all mail.'),
  mailingList: text('dev@mg.example.com', 'Of an unsubscribe.'),
};
const noteFields = { by: text('Support', 'Who does it.'), why: text('Asked for it.') };

const eventFilters = [
  optional('recipient', 'An address.'),
  tag,
  optional('event', "Mailgun's name of the type, such as `failed`."),
  optional('messageId', 'With or without angle brackets.'),
  domain,
  choice('classification', 'What a failure means for its address.', failureClasses),
  optional(
    'variable',
    'One of your variables with its value, such as `order_id:1234`, if `SEARCHABLE_VARIABLES` lists it.',
  ),
  ...span,
];
const eventPages = pages(
  {
    id: 'listEvents',
    tag: log,
    summary: 'The event log, newest first',
    parameters: eventFilters,
    item: event,
  },
  events,
);
const exportParameters = [
  optional('after', 'The `cursor` of the last event that was read; empty or left out: from the first one.'),
  optional('limit', 'Events of the answer; without it all that there are.', {
    type: 'integer',
    minimum: 1,
    maximum: 9_999_999,
  }),
  choice('original', 'Whether each event comes with its untouched original as `raw`.', ['yes', 'no'], 'no'),
];

/** Operations of which the space asks no key. */
const open = { security: [] };

const noEvent = 'No event in the log has this key.';
const noAlert = 'There is no alert with this id.';
const noRule = 'There is no such rule.';
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

const changedThresholds = body(
  object(
    {
      warn: { type: 'number', nullable: true, description: 'Null: no warning.', example: 0.0015 },
      critical: { type: 'number', nullable: true, description: 'Null: never.', example: 0.003 },
      minVolume: count(1000),
      minCount: count(5),
      windowHours: count(24),
    },
    ['warn', 'critical', 'minVolume', 'minCount', 'windowHours'],
  ),
);

/** What the document says of each route. It stands behind the route's handler, so that it is read but never runs. */
export const documented = {
  ...documentedDestinations,
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

  getMetrics: operation({
    tag: trouble,
    summary: 'Numbers for Prometheus',
    description:
      'In its text format, or as OpenMetrics where `Accept` asks for that. `docs/metrics.md` lists every family.',
    answer: text('# TYPE mailgun_events_dead gauge\nmailgun_events_dead 0\n'),
    contentType: 'text/plain',
  }),
  getSummary: operation({
    id: 'getSummary',
    tag: statistics,
    summary: 'Everything in one answer',
    description:
      'All mail or one domain, in all or in a span of days, which is compared with the one before.',
    parameters: [...days, domain],
    answer: summary,
  }),
  getDigest: operation({
    id: 'getDigest',
    tag: statistics,
    summary: 'What the latest digest says, by the numbers of now',
    description: 'Nobody is told. Without `period` it is the one of `DIGEST`, or the daily one.',
    parameters: [choice('period', 'What it is about.', digestKinds)],
    answer: digest,
  }),
  timeline: table(
    {
      id: 'getTimeline',
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
      id: 'listCampaigns',
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
    id: 'getCampaign',
    tag: statistics,
    summary: 'One campaign with its days',
    parameters: [inPath.tag],
    answer: campaignWithDays,
    notFound: 'No event with this tag has been counted.',
  }),
  failures: table(
    {
      id: 'listFailures',
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
      id: 'listRefusals',
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
      id: 'listSubscribers',
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
    id: 'getSubscriber',
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
      mailgun: mailgunOutcome,
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
    id: 'getSuppression',
    tag: addresses,
    summary: 'May I write to this address, with this mail, now?',
    description:
      'What is not said of the mail is judged by the strictest answer. An empty `tag` means: no tags.',
    parameters: [inPath.email, domain, tag, optional('list', 'The address of a mailing list.')],
    answer: suppression,
  }),
  checkSuppressions: operation({
    id: 'checkSuppressions',
    tag: addresses,
    summary: 'The same for up to 1000 addresses',
    description:
      'Each entry is answered once: in `items` what is suppressed, in `free` what is not, in `invalid` what is no address.',
    requestBody: readOnly(
      body(
        object(
          {
            addresses: { ...list(text('Alice@Example.com')), maxItems: 1000 },
            domain: text('mg.example.com', 'The sending domain.'),
            tags: list(text('news', 'None: the mail has no tags.')),
            list: text('dev@mg.example.com', 'The address of a mailing list.'),
          },
          ['domain', 'tags', 'list'],
        ),
      ),
    ),
    answer: pageOf(suppressedItem, {
      checked: count(1),
      free: list(text('bob@example.com')),
      invalid: list(invalidEntry),
    }),
  }),
  addSuppression: operation({
    tag: addresses,
    summary: 'Suppress an address by hand',
    requestBody: body(
      object(
        {
          email: text('alice@example.com'),
          ...selectorFields,
          since: text('2026-11-24', 'A day or a time.'),
          until: text('2027-11-24', 'A day or a time; without it there is no end.'),
          mailgun: flag(false),
          ...noteFields,
        },
        [...Object.keys(selectorFields), ...Object.keys(noteFields), 'since', 'until', 'mailgun'],
      ),
    ),
    answer: object({ subscriber, mailgun: nullable(mailgunOutcome) }),
    notFound: 'The address was erased meanwhile.',
  }),
  liftSuppression: operation({
    tag: addresses,
    summary: 'Lift suppressions of an address, here and at Mailgun',
    description: 'All of them, or those of a list, a domain, a tag or a mailing list.',
    parameters: [inPath.email],
    requestBody: body(
      object({ ...selectorFields, ...noteFields }, [
        ...Object.keys(selectorFields),
        ...Object.keys(noteFields),
      ]),
    ),
    answer: object({ subscriber, mailgun: mailgunOutcome }),
    notFound: 'Nothing is known of this address.',
  }),
  importSuppressions: operation({
    tag: addresses,
    summary: 'Suppress the addresses of a table of your own, with a report line by line',
    description:
      'Columns by name: `address` or `email`, and as you like `list`, `domain`, `tag`, `mailingList`, `since`, `until`, `why`; without a line of names the first column is the address. At most 1000 lines at a time.',
    requestBody: body(
      object(
        {
          csv: text('address,list\r\nalice@example.com,complaint'),
          list: oneOf('manual', 'bounce', 'unsubscribe', 'complaint'),
          domain: text('mg.example.com'),
          ...noteFields,
          firstLine: { ...count(1), description: 'Of a file that is sent in parts.' },
        },
        ['list', 'domain', 'firstLine', ...Object.keys(noteFields)],
      ),
    ),
    answer: object({
      items: list(importedLine),
      added: count(1),
      known: count(0),
      invalid: count(0),
    }),
  }),
  getLists: operation({
    id: 'listMailgunLists',
    tag: addresses,
    summary: "How far Mailgun's own suppression lists were compared",
    answer: pageOf(comparedList, {
      configured: flag(true),
      problem: nullable(text('Mailgun answered 401.'), null),
    }),
  }),
  postPull: operation({
    tag: addresses,
    summary: "Compare Mailgun's own suppression lists, a step at a time",
    description:
      'Ask again until `done`, after `retrySeconds` when there is a `problem`. What was compared before `since` is compared anew; without it, what never was.',
    requestBody: body(object({ since: text('2026-11-24T04:10:00Z') }, ['since']), { required: false }),
    answer: object({ done: flag(true), problem: mailgunProblem, items: list(comparedList) }),
  }),
  getDifferences: operation({
    id: 'listSuppressionDifferences',
    tag: addresses,
    summary: "What only this app, or only Mailgun's lists, hold, a step at a time",
    description: "As Mailgun's lists were when they were last read.",
    parameters: [cursor],
    answer: pageOf(listDifference),
  }),
  getDoubtful: operation({
    id: 'listDoubtfulSuppressions',
    tag: addresses,
    summary: 'Doubtful suppressions by day, provider and code',
    answer: pageOf(block),
  }),
  liftDoubtful: operation({
    tag: addresses,
    summary: 'Lift all doubtful suppressions of a day, provider and code, a step at a time',
    description:
      'Here and at Mailgun. Ask again with `next` as `cursor` until it is null, after `retrySeconds` when there is a `problem`.',
    requestBody: body(
      object(
        {
          day: text('2026-11-12'),
          provider: text('Outlook'),
          code: text('5.7.515'),
          ...noteFields,
          cursor: nullable(text('', 'The `next` of the step before.'), null),
        },
        ['cursor', ...Object.keys(noteFields)],
      ),
    ),
    answer: object({
      lifted: count(2140),
      mailgun: nullable(text('Mailgun still refuses these addresses.', 'What is left to do there.'), null),
      problem: mailgunProblem,
      next: nullable(text('alice@example.com'), null),
    }),
  }),
  getChanges: operation({
    id: 'listSuppressionChanges',
    tag: addresses,
    summary: 'Every change of a suppression, in order',
    description: 'Ask again with `next` as `after`; it is given at the end, too.',
    parameters: [
      optional('after', 'The `next` of the answer before.'),
      optional('limit', 'Changes of an answer.', {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: 100,
      }),
    ],
    answer: object({ items: list(suppressionChange), next: text('12.3') }),
  }),
  allowed: pages(
    {
      id: 'listAllowed',
      tag: addresses,
      summary: 'Addresses and domains that are never suppressed by bounces',
      item: allowedEntry,
    },
    allowed,
  ),
  addAllowed: operation({
    tag: addresses,
    summary: 'Let bounces of an address, or of all addresses of a domain, not count',
    requestBody: body(
      object(
        { value: text('example.com', 'An address or a domain.'), ...noteFields },
        Object.keys(noteFields),
      ),
    ),
    answer: allowedEntry,
  }),
  removeAllowed: operation({
    tag: addresses,
    summary: 'Let bounces count again',
    parameters: [inPath.value],
    answer: object({ value: text('example.com'), removed: flag(true) }),
  }),
  suppressionsCsv: operation({
    tag: addresses,
    summary: 'Suppressed addresses, as CSV',
    description: "With `list` the columns that Mailgun's import of that list takes.",
    parameters: [choice('list', "One of Mailgun's lists.", listNames), domain],
    answer: text('address,reason,since,detail'),
    contentType: 'text/csv',
  }),

  events: eventPages,
  getEventsCsv: operation({
    tag: log,
    summary: 'The event log as CSV: newest first, or every event in the order in which it was stored',
    description:
      'Newest first with the filters of the list; with `after`, `limit` or `original`, which exclude them, as `/api/events.ndjson`.',
    parameters: [...eventFilters, ...exportParameters],
    answer: text(events.columns.join()),
    contentType: 'text/csv',
  }),
  getEventsNdjson: operation({
    tag: log,
    summary: 'Every event in the order in which it was stored, one JSON object a line',
    description:
      'Those that came in late or by the back-fill, too. Each has a `cursor`: the export goes on behind it, skips nothing and repeats nothing. A last line with `error` and `detail` says that the answer broke off. Compressed where the reader takes gzip.',
    parameters: exportParameters,
    answer: exportedEvent,
    contentType: 'application/x-ndjson',
  }),
  getEvent: operation({
    id: 'getEvent',
    tag: log,
    summary: 'One event with its untouched original',
    parameters: [inPath.key],
    answer: eventWithRaw,
    notFound: noEvent,
  }),
  getMessage: operation({
    id: 'getMessage',
    tag: log,
    summary: 'The path of one message, recipient by recipient',
    parameters: [inPath.messageId, cursor],
    answer: message,
    notFound: 'No event in the log is about a message with this id.',
  }),

  alerts: pages(
    {
      id: 'listAlerts',
      tag: alerting,
      summary: 'Alerts, the last opened first',
      parameters: [choice('state', 'Open ones, or all that there ever were.', ['open', 'all'], 'open')],
      item: alert,
    },
    alerts,
  ),
  getAlert: operation({
    id: 'getAlert',
    tag: alerting,
    summary: 'One alert with all its steps',
    parameters: [inPath.alert],
    answer: alertWithSteps,
    notFound: noAlert,
  }),
  postAcknowledge: operation({
    tag: alerting,
    summary: 'Acknowledge an alert: it is not repeated any more, until it gets worse',
    parameters: [inPath.alert],
    requestBody: body(object({ by: text('Support', 'Who does it.') }, ['by']), { required: false }),
    answer: alertWithSteps,
    notFound: noAlert,
  }),
  postMute: operation({
    tag: alerting,
    summary: 'Mute an alert, and the next one of its rule and scope, until a time',
    parameters: [inPath.alert],
    requestBody: body(
      object(
        {
          until: { ...nullable(time), description: 'Null: it is told again.' },
          by: text('Support', 'Who does it.'),
        },
        ['by'],
      ),
    ),
    answer: alertWithSteps,
    notFound: noAlert,
  }),
  getRules: operation({
    id: 'getAlertRules',
    tag: alerting,
    summary: 'The rules with their thresholds, and how often each would have fired in the last 30 days',
    parameters: [choice('fired', 'Whether to tell how often they would have fired.', ['yes', 'no'], 'yes')],
    answer: pageOf(alertRule, {
      problem: nullable(text('ALERT_THRESHOLDS must be JSON. Set it with coho set-env.'), null),
    }),
  }),
  changeRule: operation({
    tag: alerting,
    summary: 'Change thresholds of a rule',
    description: 'What is not named has its default. This wins over `ALERT_THRESHOLDS`.',
    parameters: [inPath.rule],
    requestBody: changedThresholds,
    answer: alertRule,
    notFound: noRule,
  }),
  tryRule: operation({
    id: 'checkAlertThresholds',
    tag: alerting,
    summary:
      'How often a rule would have fired in the last 30 days with other thresholds; nothing is changed',
    description: 'Answers the rule as it would be.',
    parameters: [inPath.rule],
    requestBody: readOnly(changedThresholds),
    answer: alertRule,
    notFound: noRule,
  }),
  resetRule: operation({
    tag: alerting,
    summary: 'Give a rule its default thresholds back, or those of the settings',
    parameters: [inPath.rule],
    answer: alertRule,
    notFound: noRule,
  }),

  dead: pages(
    { id: 'listDeadEvents', tag: trouble, summary: 'Events that were given up', item: event },
    dead,
  ),
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
    id: 'getBackfill',
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
  getReconciliation: operation({
    id: 'getReconciliation',
    tag: trouble,
    summary: "How our numbers compare with Mailgun's own, day by day",
    description:
      'By sending domain and UTC day, as they were compared last; Mailgun is not asked. At most 366 days, the last 31 without `from`.',
    parameters: [...days, domain],
    answer: pageOf(reconciledDay, {
      configured: flag(true),
      problem: nullable(text('Mailgun answered 401.'), null),
      lastRunAt: nullable(time),
      from: day,
      to: day,
      summary: reconciliationSummary,
    }),
  }),
  postReconciliation: operation({
    tag: trouble,
    summary: "Compare the numbers of a span of days with Mailgun's own, a step at a time",
    description:
      'Where they differ, events that Mailgun lists are brought back first. Ask again until it is `done`, after `retrySeconds` when there is a `problem`.',
    requestBody: body(
      object(
        {
          from: text('2026-11-01', 'The first day.'),
          to: text('2026-11-24', 'The last day.'),
          domain: text('mg.example.com', 'A sending domain; all without it.'),
          since: text('2026-11-24T04:10:00.000Z', 'What was compared before is compared anew.'),
        },
        ['domain', 'since'],
      ),
    ),
    answer: object({
      from: day,
      to: day,
      done: flag(true),
      waiting: flag(false),
      compared: count(24),
      problem: nullable(
        object({ detail: text('Mailgun answered 500.'), retrySeconds: nullable(count(10)) }),
        null,
      ),
    }),
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
