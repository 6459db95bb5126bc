import * as v from 'valibot';
import { domainOfAddress } from '../events/address';
import { Collection } from '../store/collection';
import type { Connection } from '../store/connection';

const text = v.optional(v.nullable(v.string()), null);

const allowed = v.object({
  _id: v.string(),
  /** An address, or a domain of addresses. */
  value: v.string(),
  /** The sending domain that it holds for; null: all of them. */
  domain: text,
  source: v.picklist(['person', 'mailgun']),
  at: v.string(),
  by: text,
  why: text,
  /** Of an entry of Mailgun's list: the comparison that saw it last. */
  seenAt: text,
});
export type Allowed = v.InferOutput<typeof allowed>;

/** Addresses and domains that are never suppressed by bounces. */
export const allowlist = new Collection<Allowed, Allowed>(
  'allowlist',
  (document) => v.parse(allowed, document),
  [
    ['value', '_id'],
    ['domain', 'seenAt', '_id'],
  ],
);

export const idOfAllowed = ({ value, domain, source }: Pick<Allowed, 'value' | 'domain' | 'source'>) =>
  `${source}|${domain ?? '*'}|${value}`;

/** Allows an address or a domain. Can be repeated. */
export async function allow(connection: Connection, fields: Omit<Allowed, '_id'>): Promise<void> {
  await allowlist.upsert(connection, idOfAllowed(fields), { $set: fields });
}

/** Takes what a person has allowed back. */
export async function disallow(connection: Connection, value: string): Promise<void> {
  await allowlist.removeMany(connection, { value, source: 'person' });
}

/** A list up to here is read as a whole; of a longer one what is asked for. */
const maxWhole = 1000;
const valuesPerQuery = 250;

async function readAllowed(connection: Connection, emails: readonly string[]): Promise<Allowed[]> {
  const whole = await allowlist.list(connection, { _id: { $gt: '' } }, { limit: maxWhole + 1 });
  if (whole.length <= maxWhole) return whole;
  const values = [...new Set(emails.flatMap((email) => [email, domainOfAddress(email)]))];
  const found: Allowed[] = [];
  for (let at = 0; at < values.length; at += valuesPerQuery)
    found.push(
      ...(await allowlist.list(connection, { value: { $in: values.slice(at, at + valuesPerQuery) } })),
    );
  return found;
}

/**
 * Which of some addresses are allowed for mail of a domain.
 * @param domain null: not known, and then only what holds for all domains
 */
export async function findAllowed(
  connection: Connection,
  emails: readonly string[],
  domain: string | null,
): Promise<Set<string>> {
  if (emails.length === 0) return new Set();
  const entries = await readAllowed(connection, emails);
  const values = new Set(
    entries.filter((one) => one.domain === null || one.domain === domain).map(({ value }) => value),
  );
  return new Set(emails.filter((email) => values.has(email) || values.has(domainOfAddress(email))));
}
