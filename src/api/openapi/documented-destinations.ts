import { body } from 'codehooks-js';
import { failureClasses } from '../../events/classify';
import { deliveryStates } from '../../notices/delivery';
import { destinationKinds } from '../../notices/endpoint';
import { wantedKinds } from '../../notices/filter';
import { noticeKinds, noticeLevels } from '../../notices/notice';
import { pageOf } from './components';
import { operation } from './operation';
import { choice, cursor, inPath, limit } from './parameters';
import { component, count, flag, list, nullable, object, oneOf, type Schemas, text, time } from './schema';

const tag = 'Destinations';
const notFound = 'No destination has this id.';

const filterFields: Schemas = {
  kinds: { ...list(oneOf(...wantedKinds)), description: 'Without it: alerts and digests.' },
  levels: { ...list(oneOf(...noticeLevels)), description: 'Of alerts.' },
  rules: { ...list(text('complaints')), description: 'Of alerts.' },
  domains: list(text('mg.example.com')),
  tags: list(text('welcome')),
  eventTypes: { ...list(text('failed')), description: 'Of events.' },
  classes: { ...list(oneOf(...failureClasses)), description: 'Of events that failed.' },
};
const filter = {
  ...object(filterFields, Object.keys(filterFields)),
  example: { kinds: ['alert'], levels: ['critical'] },
};

const destination = component(
  'Destination',
  object({
    id: text('3f9a1c5e7b2d8046aa'),
    name: text('On call'),
    kind: oneOf(...destinationKinds),
    host: text('hooks.slack.com', 'Of its URL, or the domain of its first address.'),
    ending: nullable(text('Qx7f', 'The last four characters of its URL.')),
    filter,
    createdAt: nullable(time),
    source: { ...oneOf('api', 'settings'), description: 'One of the settings is changed there.' },
    waiting: count(0),
    dead: count(0),
    failures: { ...count(0), description: 'Attempts that failed one after the other.' },
    restUntil: nullable(time, null),
    lastDeliveredAt: nullable(time),
    lastError: nullable(text('The destination answered 500.'), null),
  }),
);

const delivery = object({
  key: text('test:5b0a', 'Of its notice.'),
  kind: oneOf(...noticeKinds),
  title: text('Test of the destination On call'),
  state: oneOf(...deliveryStates),
  createdAt: time,
  attempts: count(1),
  nextAttemptAt: nullable(time),
  deliveredAt: nullable(time, null),
  lastStatus: nullable(count(500)),
  lastError: nullable(text('The destination answered 500.')),
});

const entryFields: Schemas = {
  name: text('On call'),
  kind: oneOf(...destinationKinds),
  filter,
  url: text('https://hooks.slack.com/services/T0/B0/x', 'Of Slack, Teams and webhooks.'),
  secret: text('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'Of webhooks.'),
  to: { ...list(text('ops@example.com')), description: 'Of e-mail.' },
  from: text('Alerts <alerts@mg.example.com>', 'Of e-mail.'),
  domain: text('mg.example.com', 'Of e-mail: the sending domain at Mailgun.'),
};
const entryExample = { name: 'On call', kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' };
const entryBody = (optional: readonly string[]) => {
  const schema = { ...object(entryFields, optional), example: entryExample };
  return body(schema);
};
const perKind = ['filter', 'url', 'secret', 'to', 'from', 'domain'];

/** What the document says of the routes of destinations. */
export const documentedDestinations = {
  getDestinations: operation({
    id: 'listDestinations',
    tag,
    summary: 'Who is told of what, and how each is doing',
    description: 'Neither URLs nor secrets are shown.',
    answer: pageOf(destination, {
      problem: nullable(text('ALERT_DESTINATIONS is not JSON.', 'What is wrong with the settings.'), null),
    }),
  }),
  addDestination: operation({
    tag,
    summary: 'Tell somebody else',
    requestBody: entryBody(perKind),
    answer: destination,
  }),
  changeDestination: operation({
    tag,
    summary: 'Change a destination',
    description: 'What the body leaves out stays as it is.',
    parameters: [inPath.id],
    requestBody: entryBody(Object.keys(entryFields)),
    answer: destination,
    notFound,
  }),
  deleteDestination: operation({
    tag,
    summary: 'Forget a destination, its secrets and its deliveries',
    parameters: [inPath.id],
    answer: object({ id: text('3f9a1c5e7b2d8046aa'), removed: flag(true) }),
    notFound,
  }),
  testDestination: operation({
    tag,
    summary: 'Send a test, whatever the filter says',
    description: 'It is queued: its delivery tells what became of it.',
    parameters: [inPath.id],
    answer: object({ id: text('3f9a1c5e7b2d8046aa'), key: text('test:5b0a') }),
    notFound,
  }),
  getDeliveries: operation({
    id: 'listDeliveries',
    tag,
    summary: 'The last deliveries of a destination',
    parameters: [inPath.id, choice('state', 'Only those.', deliveryStates), limit, cursor],
    answer: pageOf(delivery),
    notFound,
  }),
  requeueDeliveries: operation({
    tag,
    summary: 'Give up to 500 dead deliveries all their attempts again',
    parameters: [inPath.id],
    answer: object({ requeued: count(500), more: flag(true) }),
    notFound,
  }),
};
