import * as v from 'valibot';
import type { Access } from '../mailgun-client/ask';
import type { MailgunSettings } from '../settings/settings';
import { accountsOf } from './account';
import { MailgunProblem, requestMailgun } from './request';

/** Subaccounts of a page, and most pages that are read: no account has so many. */
const pageSize = 1000;
const maxPages = 20;

const body = v.object({
  subaccounts: v.nullable(
    v.array(
      v.object({
        id: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/)),
        status: v.optional(v.nullable(v.string())),
      }),
    ),
  ),
});

/** What is no refusal that a person should hear of: a plan without subaccounts, or a key of one subaccount or domain. */
const noSubaccounts = [401, 403, 404];

/**
 * The subaccounts of an account, as its own key asks for them (`X-Mailgun-On-Behalf-Of`). Those that are closed or
 * disabled are left out.
 * @param account of a primary account
 * @returns none where the key's account has none, or may not have any
 * @throws MailgunProblem
 */
export async function readSubaccounts(account: Access): Promise<Access[]> {
  const found = new Map<string, Access>();
  for (let page = 0; page < maxPages; page += 1) {
    const path = `/v5/accounts/subaccounts?limit=${pageSize}&skip=${page * pageSize}`;
    const { status, body: answer } = await requestMailgun(account, 'GET', path);
    if (noSubaccounts.includes(status)) return [...found.values()];
    const read = v.safeParse(body, answer);
    if (status !== 200 || !read.success)
      throw new MailgunProblem(`Mailgun answered ${status} and no list when asked for the subaccounts.`);
    const listed = read.output.subaccounts ?? [];
    const known = found.size;
    for (const { id, status: state } of listed)
      if (state === undefined || state === null || state === 'open' || state === 'enabled')
        found.set(id, { ...account, onBehalfOf: id });
    if (listed.length < pageSize || found.size === known) return [...found.values()];
  }
  throw new MailgunProblem('Mailgun gives the list of subaccounts without an end.');
}

/**
 * The subaccount that has a domain which the keys' own accounts have not.
 * @returns its id; null when none has it
 * @throws MailgunProblem
 */
export async function findSubaccount(settings: MailgunSettings, domain: string): Promise<string | null> {
  const { name, accounts } = accountsOf(settings, domain);
  for (const account of accounts)
    for (const subaccount of await readSubaccounts(account)) {
      const { status } = await requestMailgun(subaccount, 'GET', `/v4/domains/${name}`);
      if (status === 200) return subaccount.onBehalfOf ?? null;
    }
  return null;
}
