import * as v from 'valibot';
import type { MailgunSettings } from '../settings/settings';
import { accountsIn } from './account';
import { MailgunProblem, requestMailgun } from './request';

/** Domains of a page; Mailgun gives at most a thousand. */
const pageSize = 1000;

const listing = v.object({ items: v.nullable(v.array(v.object({ name: v.string() }))) });

/**
 * The domains of all accounts in the region of the settings.
 * @throws MailgunProblem
 */
export async function listDomains(settings: MailgunSettings): Promise<string[]> {
  const names = new Set<string>();
  for (const account of accountsIn(settings, settings.region)) {
    for (let skip = 0; ; ) {
      const { status, body } = await requestMailgun(
        account,
        'GET',
        `/v4/domains?limit=${pageSize}&skip=${skip}`,
      );
      if (status !== 200)
        throw new MailgunProblem(
          `Mailgun answered ${status} when asked for the domains: check MAILGUN_API_KEY, or set MAILGUN_DOMAINS.`,
        );
      const page = v.safeParse(listing, body);
      if (!page.success) throw new MailgunProblem('Mailgun answered something else than a list of domains.');
      const { items } = page.output;
      for (const { name } of items ?? []) names.add(name.toLowerCase());
      if (!items?.length) break;
      skip += items.length;
    }
  }
  return [...names];
}
