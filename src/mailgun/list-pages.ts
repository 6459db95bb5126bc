import * as v from 'valibot';
import { wellFormed } from '../events/text';
import { goOn, InCircle, type Walk, walk } from '../mailgun-client/circle';
import type { MailgunSettings } from '../settings/settings';
import { accountsOf } from './account';
import { MailgunProblem, requestMailgun } from './request';
import { listPath, type MailgunList } from './suppressions';

/** Entries of a page; Mailgun gives at most a thousand. */
const pageSize = 1000;
/** Most pages of a list, with a thousand entries each: one that has more has no end. */
const maxPages = 20_000;

/** Mailgun's lists of a domain, with its allowlist: what is on that never gets on the list of bounces. */
export type ListName = MailgunList | 'allow';

/** The page that comes next: of which account (by the position of its key), and the query that Mailgun gave. */
export const listPage = v.object({
  account: v.number(),
  // It must not lead to another host or path.
  query: v.pipe(v.string(), v.maxLength(10_000), v.regex(/^\?[^#]/)),
  /** The pages before it; null of one that was stored before this was known. */
  walk: v.optional(v.nullable(walk), null),
});
export type ListPage = v.InferOutput<typeof listPage>;

/** An entry as Mailgun has it; what is absent is null. */
export interface RawEntry {
  /** An address; of the allowlist an address or a domain. */
  value: string;
  tags: string[];
  code: string | null;
  error: string | null;
  reason: string | null;
  /** ISO; null when it cannot be read. */
  createdAt: string | null;
}

const string = v.pipe(v.string(), v.transform(wellFormed));
const text = v.optional(v.nullable(v.union([string, v.pipe(v.number(), v.transform(String))])), null);
const item = v.object({
  address: text,
  value: text,
  tags: v.optional(v.nullable(v.array(string)), null),
  tag: text,
  code: text,
  error: text,
  reason: text,
  created_at: text,
  createdAt: text,
});
const body = v.object({
  items: v.optional(v.nullable(v.array(v.unknown())), []),
  paging: v.optional(v.object({ next: v.optional(v.nullable(v.string()), null) }), { next: null }),
});

function isoOf(date: string | null): string | null {
  const ms = Date.parse(date ?? '');
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** Reads an entry, null for a row that cannot be one: an odd row must not hold up the others. */
function readEntry(given: unknown): RawEntry | null {
  const parsed = v.safeParse(item, given);
  const value = parsed.success ? (parsed.output.address ?? parsed.output.value) : null;
  if (!parsed.success || value === null) return null;
  const { tags, tag, code, error, reason, created_at, createdAt } = parsed.output;
  const own = tags ?? (tag === null ? [] : [tag]);
  return {
    value,
    tags: own.length === 0 ? ['*'] : own,
    code,
    error,
    reason,
    createdAt: isoOf(created_at ?? createdAt),
  };
}

/** Goes on by a page. An entry is on a list once, so no two pages begin with the same. @throws MailgunProblem */
function stepTo(before: Walk | null, first: unknown, name: string): Walk {
  let at: Walk;
  try {
    at = goOn(before, first);
  } catch (error) {
    if (!(error instanceof InCircle)) throw error;
    throw new MailgunProblem(`Mailgun gives the pages of the list of ${name} in a circle.`);
  }
  if (at.pages >= maxPages)
    throw new MailgunProblem(`Mailgun's list of ${name} has no end after ${maxPages} pages.`);
  return at;
}

/**
 * Reads a page of one of a domain's lists.
 * @param domain as in the settings
 * @param page null: the first
 * @returns the entries in Mailgun's order, and the page that comes next; null behind the last
 * @throws MailgunProblem when Mailgun does not answer, or has no such domain
 */
export async function readListPage(
  settings: MailgunSettings,
  domain: string,
  list: ListName,
  page: ListPage | null,
): Promise<{ entries: RawEntry[]; odd: number; next: ListPage | null }> {
  const { name, accounts } = accountsOf(settings, domain);
  const statuses: number[] = [];
  for (const [index, account] of accounts.entries()) {
    if (page !== null && page.account !== index) continue;
    const query = page?.query ?? `?limit=${pageSize}`;
    const { status, body: answer } = await requestMailgun(account, 'GET', listPath(name, list) + query);
    statuses.push(status);
    if (status !== 200) continue;
    const read = v.safeParse(body, answer);
    if (!read.success) throw new MailgunProblem('Mailgun answered something else than a list.');
    const items = read.output.items ?? [];
    const entries = items.flatMap((one) => readEntry(one) ?? []);
    const next = /\?.+$/.exec(read.output.paging.next ?? '')?.[0] ?? null;
    const isLast = items.length === 0 || next === null || next === query;
    return {
      entries,
      odd: items.length - entries.length,
      next: isLast ? null : { account: index, query: next, walk: stepTo(page?.walk ?? null, items[0], name) },
    };
  }
  throw new MailgunProblem(
    `Mailgun answered ${statuses.join(', ')} for the lists of ${name}: check MAILGUN_API_KEY, MAILGUN_DOMAINS and the region.`,
  );
}

/** Whether a list still has an entry. @throws MailgunProblem when Mailgun does not say */
export async function hasEntry(
  settings: MailgunSettings,
  domain: string,
  list: ListName,
  value: string,
): Promise<boolean> {
  const { name, accounts } = accountsOf(settings, domain);
  const statuses: number[] = [];
  for (const account of accounts) {
    const path = `${listPath(name, list)}/${encodeURIComponent(value)}`;
    statuses.push((await requestMailgun(account, 'GET', path)).status);
  }
  if (statuses.includes(200)) return true;
  if (statuses.includes(404)) return false;
  throw new MailgunProblem(`Mailgun answered ${statuses.join(', ')} for ${name}: check MAILGUN_API_KEY.`);
}
