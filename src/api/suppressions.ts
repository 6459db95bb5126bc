import * as v from 'valibot';
import { parseMailbox } from '../events/mailbox';
import { mapWithLimit } from '../store/map-with-limit';
import { readAll } from '../store/page';
import type { Subscriber } from '../subscribers/subscriber';
import { findSubscriber, findSubscribers, subscribers } from '../subscribers/subscribers';
import { writeCsv } from './csv';
import { answerErrors, parseInput, pathParameter, route } from './route';
import { addressOf, suppressedSince } from './subscriber-view';

/** `GET /api/suppressions/:email`: whether one may write to an address. An unknown one is not suppressed. */
export const getSuppression = route(async (connection, request) => {
  const email = addressOf(pathParameter(request, 'email'));
  const subscriber = await findSubscriber(connection, email);
  if (subscriber === null || subscriber.status === 'active') {
    return { email, suppressed: false, reason: null, since: null };
  }
  return { email, suppressed: true, reason: subscriber.status, since: suppressedSince(subscriber) };
});

/** Addresses of one request, and of one query of it. */
const maxAddresses = 1000;
const addressesPerQuery = 250;

const check = v.strictObject({
  addresses: v.pipe(
    v.array(v.string('it must be a list of texts.'), 'it must be a list of addresses.'),
    v.maxLength(maxAddresses, `ask for at most ${maxAddresses} addresses at a time.`),
  ),
});

/** `POST /api/suppressions/check {"addresses"}`: which of up to 1,000 addresses must not be written to. */
export const checkSuppressions = route(async (connection, request) => {
  const { addresses } = parseInput(check, request.body);
  const asked = addresses.map((given) => ({ given, email: parseMailbox(given) }));
  const emails = [...new Set(asked.flatMap(({ email }) => email ?? []))];
  const parts = Array.from({ length: Math.ceil(emails.length / addressesPerQuery) }, (_, at) =>
    emails.slice(at * addressesPerQuery, (at + 1) * addressesPerQuery),
  );
  const found = (await mapWithLimit(parts, (part) => findSubscribers(connection, part))).flat();
  const known = new Map(found.map((subscriber) => [subscriber.email, subscriber]));
  const items = asked.flatMap(({ given, email }) => {
    const subscriber = email === null ? undefined : known.get(email);
    if (subscriber === undefined || subscriber.status === 'active') return [];
    return [{ given, email, reason: subscriber.status, since: suppressedSince(subscriber) }];
  });
  return {
    items,
    next: null,
    checked: emails.length,
    invalid: asked.flatMap(({ given, email }) => (email === null ? [given] : [])),
  };
});

/** A date as Mailgun's lists have it: RFC 2822 in UTC. */
function mailgunDate(iso: string | null): string {
  return iso === null ? '' : new Date(iso).toUTCString().replace('GMT', 'UTC');
}

/**
 * Mailgun's suppression lists: who is on each, and the columns of its import.
 * @see https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/bounces
 */
const lists = {
  bounces: {
    includes: ({ bounced }: Subscriber) => bounced,
    columns: ['address', 'code', 'error', 'created_at'],
    row: ({ email, bounceReason, bounceDate }: Subscriber) => ({
      address: email,
      code: '550',
      error: bounceReason ?? '',
      created_at: mailgunDate(bounceDate),
    }),
  },
  unsubscribes: {
    includes: ({ unsubscribeDate }: Subscriber) => unsubscribeDate !== null,
    columns: ['address', 'tags', 'created_at'],
    row: ({ email, unsubscribedFrom, unsubscribeDate }: Subscriber) => ({
      address: email,
      tags: unsubscribedFrom.length === 0 ? '*' : unsubscribedFrom,
      created_at: mailgunDate(unsubscribeDate),
    }),
  },
  complaints: {
    includes: ({ complaintDate }: Subscriber) => complaintDate !== null,
    columns: ['address', 'created_at'],
    row: ({ email, complaintDate }: Subscriber) => ({
      address: email,
      created_at: mailgunDate(complaintDate),
    }),
  },
} as const;

/** Every suppressed address, whatever list it is on. */
const all = {
  includes: () => true,
  columns: ['address', 'reason', 'since', 'detail'],
  row: (subscriber: Subscriber) => ({
    address: subscriber.email,
    reason: subscriber.status,
    since: suppressedSince(subscriber),
    detail: subscriber.status === 'bounced' ? subscriber.bounceReason : subscriber.unsubscribedFrom,
  }),
} as const;

/** Names of Mailgun's lists. */
export const suppressionLists = ['bounces', 'unsubscribes', 'complaints'] as const;

const csvParameters = v.strictObject({
  list: v.optional(v.picklist(suppressionLists)),
});

async function* rows(
  suppressed: AsyncGenerator<Subscriber>,
  includes: (subscriber: Subscriber) => boolean,
  row: (subscriber: Subscriber) => object,
): AsyncGenerator<object> {
  for await (const subscriber of suppressed) if (includes(subscriber)) yield row(subscriber);
}

/** `GET /api/suppressions.csv?list=`: what Mailgun's import of one of its lists takes, or all with their reason. */
export const suppressionsCsv = answerErrors(async (connection, request, response) => {
  const { list } = parseInput(csvParameters, request.query);
  const { includes, columns, row } = list === undefined ? all : lists[list];
  const suppressed = readAll(connection, {
    collection: subscribers,
    filter: { doNotEmail: true },
    by: '_id',
    descending: false,
  });
  await writeCsv(response, columns, rows(suppressed, includes, row));
});
