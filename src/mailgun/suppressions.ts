import * as v from 'valibot';
import type { Access } from '../mailgun-client/ask';
import type { MailgunSettings } from '../settings/settings';
import { accountsOf } from './account';
import { MailgunProblem, requestMailgun } from './request';

/** Mailgun's suppression lists by what puts an address on them. */
const paths = {
  bounce: 'bounces',
  unsubscribe: 'unsubscribes',
  complaint: 'complaints',
  allow: 'whitelists',
} as const;
const listsOfMailgun = ['bounce', 'unsubscribe', 'complaint'] as const;
export type MailgunList = (typeof listsOfMailgun)[number];

/** Where a list of a domain is. */
export function listPath(name: string, list: keyof typeof paths): string {
  return `/v3/${encodeURIComponent(name)}/${paths[list]}`;
}

/** Which entries of an address are meant; what is null means all. */
interface Meant {
  list: string | null;
  /** `*` or `tag:NAME`; a mailing list is no entry of these lists. */
  scope: string | null;
}

const unsubscribed = v.object({ tags: v.optional(v.array(v.string()), ['*']) });

function wrongStatus(name: string, statuses: readonly number[]): MailgunProblem {
  return new MailgunProblem(
    `Mailgun answered ${statuses.join(', ')} for ${name}: check MAILGUN_API_KEY, and the region of the domain.`,
  );
}

const pathOf = (name: string, list: MailgunList, email: string) =>
  `${listPath(name, list)}/${encodeURIComponent(email)}`;

/**
 * Takes an entry, or one tag of it, from a list.
 * @returns Mailgun's status: 200, or 404 when there was no such entry, or the domain is another account's
 */
async function removeEntry(account: Access, path: string, tag: string | null): Promise<number> {
  if (tag === null) return (await requestMailgun(account, 'DELETE', path)).status;
  const { status, body } = await requestMailgun(account, 'GET', path);
  if (status !== 200) return status;
  const entry = v.safeParse(unsubscribed, body);
  if (!entry.success) throw new MailgunProblem('Mailgun answered something else than an unsubscribe.');
  if (!entry.output.tags.some((own) => own.toLowerCase() === tag)) return 404;
  // The last of its tags goes with the entry.
  return (await requestMailgun(account, 'DELETE', `${path}?tag=${encodeURIComponent(tag)}`)).status;
}

/**
 * Takes an address from Mailgun's own lists, which belong to a domain each. Can be repeated.
 * @param domains as in the settings
 * @returns the lists that it was on for any of them, such as `bounces`
 * @throws MailgunProblem when Mailgun does not answer or refuses every key
 */
export async function removeSuppressions(
  settings: MailgunSettings,
  domains: readonly string[],
  email: string,
  meant: Meant,
): Promise<string[]> {
  if (meant.scope?.startsWith('list:')) return [];
  const tag = meant.list === 'unsubscribe' && meant.scope !== null ? meant.scope.replace(/^tag:/, '') : null;
  const removed = new Set<string>();
  for (const domain of domains) {
    const { name, accounts } = accountsOf(settings, domain);
    for (const list of listsOfMailgun) {
      if (meant.list !== null && meant.list !== list) continue;
      const statuses: number[] = [];
      for (const account of accounts)
        statuses.push(await removeEntry(account, pathOf(name, list, email), tag));
      if (statuses.includes(200)) removed.add(paths[list]);
      // 404: it was not on the list, or the domain is another account's.
      else if (!statuses.includes(404)) throw wrongStatus(name, statuses);
    }
  }
  return [...removed];
}

/**
 * Puts an address on one of the lists of each domain. Can be repeated.
 * @param tag of an unsubscribe, `*` for all mail
 * @throws MailgunProblem
 */
export async function addSuppression(
  settings: MailgunSettings,
  domains: readonly string[],
  { email, list, tag }: { email: string; list: MailgunList; tag: string },
): Promise<void> {
  for (const domain of domains) {
    const { name, accounts } = accountsOf(settings, domain);
    const entry = { address: email, ...(list === 'unsubscribe' && { tags: [tag] }) };
    const statuses: number[] = [];
    for (const account of accounts)
      statuses.push((await requestMailgun(account, 'POST', listPath(name, list), [entry])).status);
    if (!statuses.includes(200)) throw wrongStatus(name, statuses);
  }
}
