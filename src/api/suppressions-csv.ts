import * as v from 'valibot';
import { readAll } from '../store/page';
import { type StoredSubscriber, subscribers } from '../subscribers/subscribers';
import { reasonWords } from '../suppressions/answer';
import type { ListEntry } from '../suppressions/evidence';
import { allMail, type Suppression } from '../suppressions/suppression';
import { writeCsv } from './csv';
import { answerErrors, parseInput } from './route';
import { domainOf } from './suppression-view';

/** A date as Mailgun's lists have it: RFC 2822 in UTC. */
function mailgunDate(iso: string): string {
  return new Date(iso).toUTCString().replace('GMT', 'UTC');
}

/** The tag of a suppression as Mailgun's import takes it; null for a mailing list and for mail that was refused. */
function tagOf({ scope }: Suppression): string | null {
  if (scope === allMail) return allMail;
  return scope.startsWith('tag:') ? scope.slice('tag:'.length) : null;
}

/** Names of Mailgun's lists. */
export const listNames = ['bounces', 'unsubscribes', 'complaints'] as const;

interface ListTable {
  list: ListEntry['list'];
  columns: readonly string[];
  row: (email: string, one: Suppression) => object | null;
}

/**
 * Mailgun's suppression lists: what is on each, and the columns of its import. A tag has a row of its own, so that one
 * with a comma is still one.
 * @see https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/bounces
 */
const tables: Record<(typeof listNames)[number], ListTable> = {
  bounces: {
    list: 'bounce',
    columns: ['address', 'code', 'error', 'created_at'],
    row: (address, { detail, since }) => ({
      address,
      code: '550',
      error: detail ?? '',
      created_at: mailgunDate(since),
    }),
  },
  unsubscribes: {
    list: 'unsubscribe',
    columns: ['address', 'tags', 'created_at'],
    row: (address, one) => {
      const tags = tagOf(one);
      return tags === null ? null : { address, tags, created_at: mailgunDate(one.since) };
    },
  },
  complaints: {
    list: 'complaint',
    columns: ['address', 'created_at'],
    row: (address, { since }) => ({ address, created_at: mailgunDate(since) }),
  },
};

const allColumns = [
  'address',
  'reason',
  'since',
  'detail',
  'domain',
  'scope',
  'doubtful',
  'source',
  'until',
] as const;

const parameters = v.strictObject({
  list: v.optional(v.picklist(listNames)),
  domain: v.optional(v.string()),
});

function holdsFor(domain: string | null): (one: Suppression) => boolean {
  return (one) => domain === null || one.domain === null || one.domain === domain;
}

async function* rowsOfList(
  all: AsyncGenerator<StoredSubscriber>,
  domain: string | null,
  { list, row }: ListTable,
): AsyncGenerator<object> {
  for await (const { email, suppressions } of all) {
    const rows = new Map<string, object>();
    for (const one of suppressions.filter(holdsFor(domain))) {
      const own = one.list === list ? row(email, one) : null;
      // Of several domains an address needs one row for each tag, and the first says enough.
      if (own !== null && !rows.has(one.scope)) rows.set(one.scope, own);
    }
    yield* rows.values();
  }
}

async function* everyRow(
  all: AsyncGenerator<StoredSubscriber>,
  domain: string | null,
): AsyncGenerator<object> {
  for await (const { email, suppressions } of all)
    for (const { list, ...one } of suppressions.filter(holdsFor(domain)))
      yield { address: email, reason: reasonWords[list], ...one };
}

/** `GET /api/suppressions.csv?list=&domain=`: what Mailgun's import of one of its lists takes, or all with their reason. */
export const suppressionsCsv = answerErrors(async (connection, request, response) => {
  const query = parseInput(parameters, request.query);
  const domain = query.domain === undefined ? null : domainOf(query.domain);
  const all = readAll(connection, {
    collection: subscribers,
    filter: { doNotEmail: true },
    by: '_id',
    descending: false,
  });
  if (query.list === undefined) return writeCsv(request, response, allColumns, everyRow(all, domain));
  const table = tables[query.list];
  return writeCsv(request, response, table.columns, rowsOfList(all, domain, table), 'program');
});
